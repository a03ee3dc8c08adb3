from importlib.metadata import version

import numpy as np
import pytest

from datasets.image_change import acquisition
from datasets.image_files import DICOM_DECODERS
from features.extractors.orb_words import OrbWords
from features.recipe import digest_of_ids, fingerprint, recipe_of, with_change, without_change

IDS = np.array(["a", "b"], object)


def of(ids=IDS, **parameters):
    return fingerprint(recipe_of("orb_words", OrbWords(**parameters), ids))


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_words", 7), ("image_size", 100), ("equalise", not OrbWords().equalise), ("seed", 1)],
)
def test_every_parameter_changes_the_fingerprint(name, value):
    assert of() != of(**{name: value})


def test_a_parameter_no_number_depends_on_does_not():
    assert of() == of(n_jobs=2)


def test_the_training_ids_change_the_fingerprint_and_their_order_does_not():
    assert of() != of(np.array(["a", "c"], object))
    assert of() == of(IDS[::-1])


def test_the_version_changes_the_fingerprint(monkeypatch):
    before = of()
    monkeypatch.setattr(OrbWords, "version", 1_000)
    assert of() != before


def test_the_library_changes_the_fingerprint(monkeypatch):
    before = of()
    monkeypatch.setattr("cv2.__version__", "0.0")
    assert of() != before


def test_decoders_change_the_fingerprint_of_the_images_that_need_them(monkeypatch):
    def needing(*decoders):
        return fingerprint(recipe_of("orb_words", OrbWords(), IDS, decoders))

    before, plain = needing(*DICOM_DECODERS), of()
    assert needing() == plain != before
    monkeypatch.setattr("pydicom.__version__", "0.0")
    assert needing(*DICOM_DECODERS) != before
    assert needing() == plain


def test_every_decoder_of_dicom_is_known_by_its_version():
    libraries = recipe_of("orb_words", OrbWords(), IDS, DICOM_DECODERS)["libraries"]
    assert {name: libraries[name] for name in DICOM_DECODERS} == {
        name: version(name) for name in DICOM_DECODERS
    }


def test_ids_are_digested_as_a_set_of_lines():
    assert digest_of_ids(IDS)["films"] == 2
    assert digest_of_ids(IDS) != digest_of_ids(np.array(["ab", ""], object))


def test_blocks_of_any_name_share_the_features_of_their_plug_in():
    assert recipe_of("mine", OrbWords(), IDS)["extractor"] == "orb_words"


def test_a_change_is_another_recipe_and_can_be_taken_out():
    plain = recipe_of("orb_words", OrbWords(), IDS)
    changed = with_change(plain, "x", acquisition("blur", 2))
    assert without_change(changed) == plain
    assert changed["change"] == {"name": "blur", "version": 1, "amount": 0.004, "seed": 0}
    others = (
        with_change(plain, "y", acquisition("blur", 2)),
        with_change(plain, "x", acquisition("blur", 3)),
    )
    assert len({fingerprint(recipe) for recipe in (plain, changed, *others)}) == 4
