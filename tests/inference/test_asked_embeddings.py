from pathlib import Path

import numpy as np
import pytest

from errors import InvalidOption
from features.given_features import Source
from features.recipe import recipe_of_file
from inference import asked_embeddings
from models.bundled_view import BundledView
from tests import fakes
from tests.features import embedded

VALUES = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
IMAGES = fakes.images(np.zeros((2, 1)))


def view(kind="deep", pool="mean", width=2):
    recipe = recipe_of_file("mine", {"pool": pool, "width": width}, "0" * 64)
    return BundledView(kind, recipe, {"pool": pool}, b"")


OWN = BundledView("words", {"content": {}}, {}, b"")


@pytest.fixture
def file(tmp_path):
    embedded.npz(tmp_path / "e.npz", IMAGES.ids, VALUES)
    return tmp_path / "e.npz"


def given(path, **views):
    source = Source("mine", "deep", path)
    return asked_embeddings.given(IMAGES, [source], views, "refuse")[1]["mine"]


@pytest.mark.parametrize(
    ("pool", "expected"), [("mean", VALUES.mean(axis=1)), ("cls", VALUES[:, 0])]
)
def test_embeddings_are_pooled_and_of_the_kind_as_in_training(file, pool, expected):
    found = given(file, mine=view("words", pool), orb_words=OWN)
    assert found.kind == "words"
    np.testing.assert_array_equal(found.of(IMAGES.ids).values, expected)


def test_another_width_than_in_training_is_refused(file):
    with pytest.raises(InvalidOption, match=r"must have 3 numbers, as in training; .* have 2"):
        given(file, mine=view(width=3))


def test_a_missing_file_is_asked_for_by_name():
    views = {"mine": view(), "orb_words": OWN}
    with pytest.raises(InvalidOption, match=r"\(mine, 2 numbers\); .* --embeddings mine=FILE"):
        asked_embeddings.given(IMAGES, [], views, "refuse")


def test_a_bundle_without_such_features_takes_all_images():
    assert asked_embeddings.given(IMAGES, [], {"orb_words": OWN}, "refuse") == (IMAGES, {})


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (Source("other", "deep", Path("x")), r"\(mine, 2 numbers\); got other"),
        (Source("orb_words", "deep", Path("x")), r"\(mine, 2 numbers\); got orb_words"),
        (Source("mine", "words", Path("x"), typed=True), "of the kind .* deep; got words"),
    ],
)
def test_files_that_the_bundle_does_not_take_are_refused(source, reason):
    with pytest.raises(InvalidOption, match=reason):
        asked_embeddings.check([source], {"mine": view(), "orb_words": OWN})


def test_files_that_the_bundle_takes_are_accepted_with_their_kind_or_without():
    for typed in (False, True):
        source = Source("mine", "deep", Path("x"), typed)
        asked_embeddings.check([source], {"mine": view(), "orb_words": OWN})
