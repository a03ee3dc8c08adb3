from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from datasets.images import Split
from features.extracted import Extracted
from pipelines.command_options import Compare
from pipelines.comparing import averages
from pipelines.comparing.candidates import candidates_of, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_cache import Fit
from tests import fakes

OPTIONS = Compare(classifiers="logistic", baseline="logistic", tta=4, seeds=2)
IMAGES = fakes.images(
    np.eye(2)[[0, 1, 0, 1]], split=Split("mine", np.array(["train", "test"] * 2, object))
)
TESTED = IMAGES.ids[IMAGES.test]


def fit(spread=None):
    values = np.full((2, 2), 0.5)
    spread = None if spread is None else np.full((2, 2), spread)
    return Fit(TESTED, values, values, 1.0, {}, spread=spread)


@pytest.fixture
def run():
    fits = {"logistic": [[fit(), fit()]], "logistic+tta": [[fit(0.1), fit(0.3)]]}
    stages = [Extracted(IMAGES, {}, None, 0.0)]
    return ComparisonRun(candidates_of(OPTIONS), metadata_only(), fits, stages, OPTIONS)


def test_a_note_gives_the_mean_spread_over_seeds(run):
    (note,) = averages.notes(run)
    assert note == (
        "logistic+tta averages the probabilities of each test image and of 4 augmented versions,"
        " whose mean spread is 0.200"
    )
    tuned = replace(run, options=replace(OPTIONS, tune=2))
    assert [*averages.notes(tuned)] == [f"{note}, with the settings chosen for logistic"]


def test_the_spread_of_each_image_is_a_table(run, tmp_path):
    (folder,) = averages.write_spreads(run, tmp_path)
    table = pd.read_csv(folder / "logistic_tta.csv")
    assert table["id"].tolist() == TESTED.tolist()
    np.testing.assert_allclose(table[["label0", "label1"]], 0.2)


def test_without_averages_there_is_no_folder(run, tmp_path):
    alone = ComparisonRun(run.candidates[:1], run.metadata_only, run.fits, run.stages, OPTIONS)
    assert averages.write_spreads(alone, tmp_path) == []
    assert not list(tmp_path.iterdir())
