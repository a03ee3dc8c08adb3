from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from inference.changed_predictions import ChangedPredictions
from models.attribution import Attribution
from models.bundle import Findings

BLOCKS = {"deep": np.array([[1.0], [2.0]]), "words": np.array([[10.0], [20.0]])}


class Summing:
    """A bundle whose probabilities of two labels are sums of features, the second not decided."""

    def __init__(self):
        self.bundle = SimpleNamespace(classifier=self)

    def assembled(self, features, meta):
        return Stacked(features)

    def findings(self, views):
        total = sum(views.features.values()) / 100
        values = np.hstack([total, 1 - total])
        present = (values >= 0.2).astype(object)
        present[:, 1] = None
        return Findings(values, values, present)

    def attribution(self, views, columns):
        blocks = {
            name: np.repeat(values[:, None], len(columns), axis=1)
            for name, values in views.features.items()
        }
        return Attribution(blocks, np.zeros((len(views), len(columns))))


class Stacked(SimpleNamespace):
    """Features by block, without their kinds."""

    def __init__(self, features):
        super().__init__(features=features)

    def __len__(self):
        return len(next(iter(self.features.values())))

    def select(self, which):
        return Stacked({name: values[which] for name, values in self.features.items()})


def model(blocks=BLOCKS, columns=(0, 1)):
    return ChangedPredictions(Summing(), blocks, pd.DataFrame(), columns)


def test_decisions_that_are_not_made_are_unknown():
    seen = model().seen(BLOCKS)
    np.testing.assert_allclose(seen.probabilities[:, 0], [0.11, 0.22])
    np.testing.assert_array_equal(seen.decisions, [[0, np.nan], [1, np.nan]])


def test_columns_are_those_of_the_labels_asked_for():
    np.testing.assert_allclose(model(columns=[1]).seen(BLOCKS).probabilities, [[0.89], [0.78]])


def test_a_block_alone_is_changed_while_the_others_stay():
    changed = {"deep": BLOCKS["deep"] + 5, "words": BLOCKS["words"] + 50}
    alone = model().alone(changed)
    np.testing.assert_allclose(alone["deep"].probabilities[:, 0], [0.16, 0.27])
    np.testing.assert_allclose(alone["words"].probabilities[:, 0], [0.61, 0.72])


def test_shares_are_means_over_images_and_labels():
    shares = model().shares(BLOCKS)
    assert shares == {"deep": pytest.approx(1 / 11), "words": pytest.approx(10 / 11)}


def test_where_nothing_is_attributed_nothing_counts():
    shares = model().shares({name: values * [[0.0], [1.0]] for name, values in BLOCKS.items()})
    assert shares["deep"] == pytest.approx(1 / 11)
    assert model().shares({name: 0 * values for name, values in BLOCKS.items()})["deep"] == 0


def test_a_single_block_is_not_compared_with_others():
    single = model({"deep": BLOCKS["deep"]})
    assert single.alone({"deep": BLOCKS["deep"]}) == single.shares({"deep": BLOCKS["deep"]}) == {}
