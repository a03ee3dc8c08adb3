"""What was written on any day is read today, and says what it said then: see fixtures/make.py."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.store import FeatureStore
from tests.fixtures import make

FIXTURES = Path(__file__).with_name("fixtures")
DAYS = sorted(path.parent for path in FIXTURES.glob("*/said.json"))
RECIPES = sorted(FIXTURES.glob("*/cache/*/recipe.json"))


def figures(told):
    return [
        told[bundle][image][label]
        for bundle in sorted(told)
        for image in sorted(told[bundle])
        for label in sorted(told[bundle][image])
    ]


@pytest.fixture(params=RECIPES, ids=lambda path: "/".join(path.parts[-4:-1]))
def kept(request, tmp_path):
    """The folder of a store of some day, and the same opened today."""
    folder = request.param.parent
    shutil.copytree(folder, tmp_path / folder.name)
    return folder, FeatureStore(tmp_path, json.loads(request.param.read_text()))


def test_there_is_something_kept():
    assert len(DAYS) >= 1
    assert len(RECIPES) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.name)
def test_bundles_say_what_they_said_when_they_were_made(day):
    then = json.loads((day / "said.json").read_text())
    now = make.said(day, sorted(day.glob("*.png")))
    np.testing.assert_allclose(figures(now), figures(then), atol=1e-4)


def test_a_store_is_found_by_its_recipe_under_the_name_it_had(kept):
    folder, store = kept
    assert store.folder.name == folder.name


def test_a_store_returns_the_features_in_its_parts(kept):
    folder, store = kept
    store.load_learned(SimpleNamespace())
    store.refresh()
    rows = [row for part in folder.glob("part-*") for row in pq.read_table(part).to_pylist()]
    ids = np.array([row["id"] for row in rows], object)
    found = store.read(ids, [row["digest"] for row in rows])
    np.testing.assert_array_equal(found.values, np.array([row["vector"] for row in rows]))
    assert len(rows) == make.IMAGES


def test_what_was_learned_then_is_what_an_extractor_is_given(kept):
    folder, store = kept
    extractor, paths = SimpleNamespace(), list(folder.glob("learned-*.npz"))
    assert store.load_learned(extractor) == bool(paths)
    for path in paths:
        with np.load(path, allow_pickle=False) as arrays:
            assert set(arrays.files) == set(vars(extractor))
            np.testing.assert_array_equal(extractor.words_, arrays["words_"])
