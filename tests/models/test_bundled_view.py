import json
from dataclasses import replace

import numpy as np
import pytest

import registry
from errors import BundleUnusable
from features.recipe import recipe_of
from models.bundled_view import BundledView
from tests.features.stubs import Learned, Mean

IMAGES = [np.full((8, 8), level, np.uint8) for level in (10, 20, 60)]


@pytest.fixture(autouse=True)
def extractors(monkeypatch):
    known = {"learned": Learned, "mean": Mean}
    monkeypatch.setattr(registry, "load", lambda package, name: known[name])
    return known


def bundled(name, extractor):
    return BundledView.of("words", extractor, recipe_of(name, extractor, np.array(["a", "b"])))


def through_disk(view, folder):
    view.save(folder)
    return BundledView.load(folder, json.loads(json.dumps(view.facts)))


def test_an_extractor_comes_back_with_its_options_and_what_it_learned(tmp_path):
    extractor = Learned(image_size=16).fit(IMAGES)
    view = through_disk(bundled("learned", extractor), tmp_path / "view")
    again = view.extractor()
    assert view.kind == "words"
    assert again.get_params() == extractor.get_params()
    np.testing.assert_array_equal(again.transform(IMAGES), extractor.transform(IMAGES))


def test_an_extractor_that_learns_nothing_has_no_state(tmp_path):
    view = through_disk(bundled("mean", Mean()), tmp_path / "view")
    assert view.state == b""
    np.testing.assert_array_equal(view.extractor().transform(IMAGES), Mean().transform(IMAGES))


def test_options_can_be_changed_where_the_numbers_do_not_depend_on_them(extractors):
    class Weighted(Mean):
        neutral = ("weights",)

        def __init__(self, weights="there", **others):
            super().__init__(**others)
            self.weights = weights

        def get_params(self):
            return super().get_params() | {"weights": self.weights}

    extractors["mean"] = Weighted
    assert bundled("mean", Weighted()).extractor(weights="here").weights == "here"


def test_a_network_computes_in_what_it_computed_in_on_the_machine_of_its_training(extractors):
    class OnGpu(Mean):
        neutral = ("precision",)

        def __init__(self, precision="auto", **others):
            super().__init__(**others)
            self.precision = precision

        def get_params(self):
            return super().get_params() | {"precision": self.precision}

        def content(self):
            return {"precision": "mixed_float16" if self.precision == "auto" else self.precision}

    class OnProcessor(OnGpu):
        def content(self):
            return {"precision": "float32" if self.precision == "auto" else self.precision}

    view = bundled("mean", OnGpu())
    extractors["mean"] = OnProcessor
    assert view.extractor().content() == {"precision": "mixed_float16"}


def test_an_extractor_of_another_version_is_refused(extractors):
    view = bundled("mean", Mean())

    class Changed(Mean):
        version = 2

    extractors["mean"] = Changed
    with pytest.raises(BundleUnusable, match="its version was 1 and is now 2"):
        view.extractor()


def test_other_weights_are_refused(extractors):
    view = bundled("mean", Mean())

    class Changed(Mean):
        def content(self):
            return {"weights": "others"}

    extractors["mean"] = Changed
    with pytest.raises(BundleUnusable, match=r"its content was .* is now .*others"):
        view.extractor()


@pytest.mark.parametrize("state", [b"PK", b"\x93NUMPY", b"text"])
def test_what_was_learned_must_be_arrays(state):
    view = bundled("learned", Learned().fit(IMAGES))
    with pytest.raises(BundleUnusable, match="must be plain arrays"):
        replace(view, state=state).extractor()
