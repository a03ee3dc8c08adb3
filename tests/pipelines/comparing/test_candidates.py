import numpy as np
import pytest

from models.views import Block, Views
from pipelines.command_options import Compare
from pipelines.comparing.candidates import METADATA_ONLY, candidates_of, metadata_only

VIEWS = Views(
    {
        "resnet50": Block(np.arange(6, dtype=np.float32).reshape(3, 2), "deep"),
        "orb_words": Block(10 * np.arange(12, dtype=np.float32).reshape(3, 4), "words"),
        "metadata": Block(np.zeros((3, 9), np.float32), "metadata"),
    }
)


def named(**options):
    return {each.name: each for each in candidates_of(Compare(**options))}


def test_every_hybrid_has_two_width_matched_controls():
    found = named(classifiers="logistic,xgboost")
    assert [(name, each.control) for name, each in found.items()] == [
        ("logistic", False),
        ("xgboost", False),
        ("xgboost with shuffled visual words", True),
        ("xgboost with duplicated embedding", True),
    ]


def test_with_tta_each_classifier_is_followed_by_its_average_and_controls_are_not():
    found = named(classifiers="logistic,xgboost", tta=4)
    assert list(found)[:4] == ["logistic", "logistic+tta", "xgboost", "xgboost+tta"]
    assert [each.key for each in found.values() if each.averaged] == ["logistic_tta", "xgboost_tta"]
    assert not any(each.averaged for each in found.values() if each.control)


def test_the_metadata_only_baseline_sees_nothing_else():
    assert metadata_only().name == METADATA_ONLY
    assert metadata_only().make(0).needs == ("metadata",)


def test_trainings_of_controls_keep_the_keys_that_earlier_versions_used():
    assert {each.key for each in candidates_of(Compare(classifiers="xgboost"))} == {
        "xgboost",
        "xgboost_with_words_of_other_films",
        "xgboost_with_deep_vectors_for_words",
    }


@pytest.mark.slow
def test_a_hybrid_trained_on_images_has_the_controls_that_the_other_features_allow():
    options = {"weights": "random", "image_size": 64}
    alone = named(classifiers="finetuned_dual", **options)
    assert "finetuned_dual with shuffled visual words" in alone
    assert "finetuned_dual with duplicated embedding" not in alone
    beside = named(classifiers="finetuned_dual,logistic", **options)
    assert beside["finetuned_dual with duplicated embedding"].control
    assert beside["finetuned_dual"].make(0).weights == "random"


def test_controls_see_the_same_widths_but_not_the_images_words():
    found = named(classifiers="xgboost")
    own = found["xgboost"].see(VIEWS, 0)
    assert own is VIEWS
    for name in ("xgboost with shuffled visual words", "xgboost with duplicated embedding"):
        seen = found[name].see(VIEWS, 0)
        assert seen.widths == VIEWS.widths
        np.testing.assert_array_equal(seen.arrays["resnet50"], VIEWS.arrays["resnet50"])
        assert (seen.arrays["orb_words"] != VIEWS.arrays["orb_words"]).any(axis=1).all()


@pytest.mark.parametrize(("asked", "sees"), [(False, False), (True, True)])
def test_metadata_join_hybrids_only_when_asked(asked, sees):
    found = named(classifiers="logistic,xgboost", metadata=asked)
    assert ("metadata" in found["xgboost"].make(0).needs) == sees
    assert "metadata" not in found["logistic"].make(0).needs


def test_settings_and_seed_reach_the_classifier():
    made = named(classifiers="xgboost", set="xgboost.max_depth=2")["xgboost"].make(7)
    assert (made.max_depth, made.seed) == (2, 7)


def test_a_control_duplicates_the_embedding_that_its_hybrid_takes():
    found = named(classifiers="xgboost:resnet50+orb_words", baseline="xgboost:resnet50+orb_words")
    other = Block(np.full((3, 2), 7, np.float32), "deep")
    views = Views({"densenet121": other, **VIEWS.blocks})
    seen = found["xgboost:resnet50+orb_words with duplicated embedding"].see(views, 0)
    alone = found["xgboost:resnet50+orb_words with duplicated embedding"].see(VIEWS, 0)
    np.testing.assert_array_equal(seen.arrays["orb_words"], alone.arrays["orb_words"])


def test_keys_of_classifiers_of_single_blocks_are_names_of_files():
    keys = [each.key for each in candidates_of(Compare(classifiers="logistic:resnet50,logistic"))]
    assert keys[1] == "logistic"
    assert keys[0].startswith("logistic_resnet50-")
