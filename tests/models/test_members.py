from dataclasses import dataclass

import numpy as np
import pytest

from models.members import Members
from models.named import classifier_named
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))
FACTORS = [0.75, 0.25]


@dataclass(repr=False, eq=False, kw_only=True)
class Weighted(Members):
    """Two members with fixed factors."""

    @property
    def needs(self):
        return "deep", "words"

    def _made(self):
        return [classifier_named(name, seed=self.seed) for name in ("logistic", "logistic:words")]

    @property
    def _factors(self):
        return np.array(FACTORS)[:, None, None]

    def _learn(self, views, labels, validation):
        self.fitted_ = [member._fit(views, labels, validation) for member in self._made()]


@pytest.fixture(scope="module")
def fitted():
    return Weighted().fit(*TRAIN, validation=VALIDATION)


def test_logits_are_those_of_the_members_times_their_factors(fitted):
    each = [member.decision_function(TEST[0]) for member in fitted.fitted_]
    expected = FACTORS[0] * each[0] + FACTORS[1] * each[1]
    np.testing.assert_allclose(fitted.decision_function(TEST[0])[:, :2], expected[:, :2])


def test_attribution_is_that_of_the_members_times_their_factors(fitted):
    found = fitted.attribution(TEST[0], [1, 0]).blocks
    for factor, member in zip(FACTORS, fitted.fitted_, strict=True):
        for name, values in member.attribution(TEST[0], [1, 0]).blocks.items():
            np.testing.assert_allclose(found[name], factor * values, rtol=1e-5)


def test_members_survive_the_disk(fitted, tmp_path):
    fitted.save(tmp_path)
    again = Weighted().load(tmp_path)
    np.testing.assert_array_equal(again.predict_proba(TEST[0]), fitted.predict_proba(TEST[0]))
