from dataclasses import replace

import numpy as np
import pytest

from errors import InvalidOption
from features.extractors.lbp import Lbp
from inference.bundle_options import Predict
from models.search_space import OneOf
from models.views import Views
from pipelines import asked_features, predict, train, word_settings
from pipelines.command_options import Compare, Extract, Train
from tests import fakes

# Images of 8 pixels hide whether an image is coarse or fine.
BLURRED = "lbp.grid=1 lbp.radii=1 lbp.image_size=8"
TUNED = "lbp.image_size=128,8 lbp.radii=1,1+2"


def options(**changes):
    given = {"classifier": "logistic:words", "extractors": "lbp", "set": BLURRED, "tune": 5}
    return Train(**given | {"tune_words": TUNED, "task": "multilabel"} | changes)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return fakes.sick_and_well(tmp_path_factory.mktemp("images"), 60, sick=32)


def extracted(root, cache, **changes):
    asked = options(data=root, cache=cache, **changes)
    return asked_features.extract(asked_features.images_of(asked), asked)


def computed(stage):
    return {name: each.computed for name, each in (stage.branches | stage.variants).items()}


def test_the_present_value_comes_first():
    assert word_settings.values_of(options()) == {
        "lbp": {"image_size": (8, 128), "radii": ((1,), (1, 2))}
    }
    compared = Compare(classifiers="logistic:words", extractors="lbp", tune_words="lbp.grid=4,8,2")
    assert word_settings.counted(compared) == "3 settings of lbp"


def test_every_other_combination_is_a_variant():
    found = word_settings.variants(options())
    assert {name: (each.image_size, each.radii, each.grid) for name, each in found.items()} == {
        "lbp image_size=8, radii=1+2": (8, (1, 2), 1),
        "lbp image_size=128, radii=1": (128, (1,), 1),
        "lbp image_size=128, radii=1+2": (128, (1, 2), 1),
    }


def test_without_them_nothing_is_chosen():
    for asked in (Extract(), options(tune_words="")):
        assert word_settings.variants(asked) == {}
    assert word_settings.counted(Compare()) == ""


def test_a_classifier_has_the_settings_of_what_it_takes():
    asked = Compare(
        classifiers="logistic:words,logistic:lbp",
        extractors="lbp,glcm",
        tune_words="lbp.grid=4,8 glcm.levels=32,8",
        tune=2,
    )
    both = {"lbp.grid": OneOf(4, 8), "glcm.levels": OneOf(32, 8)}
    assert word_settings.space(asked, ("deep", "words")) == both
    assert word_settings.space(asked, ("lbp",)) == {"lbp.grid": OneOf(4, 8)}
    assert word_settings.space(asked, ("deep", "metadata")) == {}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hog.orientations=9,18", r"visual words that a classifier uses \(lbp\); got 'hog'"),
        ("resnet50.seed=0,1", "got 'resnet50'"),
        ("lbp.n_words=8,16", "--tune-words takes parameters of lbp: .*; got 'n_words'"),
        ("lbp.grid=1", r"two or more different values, .*; got lbp.grid=1\. Type lbp.grid=1,VALUE"),
        ("lbp.grid=1,1", "two or more different values"),
        ("lbp.grid=2,4", r"the present one \(lbp.grid=1\) among them"),
        ("lbp.grid=1,two", "--tune-words lbp.grid takes a value such as 1; got 'two'"),
        ("lbp.grid=1,,2", "two or more different values"),
        ("lbp", "--tune-words takes NAME.PARAMETER=VALUE"),
    ],
)
def test_what_no_search_can_choose_among_is_refused(typed, found):
    with pytest.raises(InvalidOption, match=found):
        word_settings.check(options(tune_words=typed))


def test_extractors_that_no_classifier_takes_are_refused():
    with pytest.raises(InvalidOption, match=r"a classifier uses \(orb_words\); got 'lbp'"):
        word_settings.check(options(classifier="logistic:orb_words", extractors="orb_words,lbp"))


def test_parameters_that_change_no_feature_are_refused():
    asked = options(extractors="orb_words", set="", tune_words="orb_words.n_jobs=1,2")
    with pytest.raises(InvalidOption, match=r"change features; orb_words\.n_jobs does not"):
        word_settings.check(asked)


def test_values_that_reports_show_alike_are_refused():
    asked = options(
        extractors="sift_words", set="", tune_words="sift_words.contrast_threshold=0.01,0.01001"
    )
    with pytest.raises(InvalidOption, match="two or more different values"):
        word_settings.check(asked)


def test_settings_without_a_search_are_refused():
    with pytest.raises(InvalidOption, match="--tune-words needs --tune"):
        word_settings.check(options(tune=0))


def test_each_setting_is_computed_once(root, tmp_path):
    first = extracted(root, tmp_path)
    assert computed(first) == dict.fromkeys(["lbp", *word_settings.variants(options())], 60)
    assert set(computed(extracted(root, tmp_path)).values()) == {0}
    alone = extracted(root, tmp_path, tune_words="", set=f"{BLURRED} lbp.image_size=128")
    assert computed(alone) == {"lbp": 0}
    assert (first.names, alone.variants) == (["lbp"], {})


def test_other_images_have_the_same_settings(root, tmp_path):
    first = extracted(root, tmp_path)
    others = first.images.select(first.images.test)
    found = asked_features.extract_others(first, others, options(cache=tmp_path))
    assert found.variants.keys() == first.variants.keys()
    assert found.names == ["lbp"]


def test_the_block_of_the_chosen_setting_takes_the_place_of_the_present_one(root, tmp_path):
    stage = extracted(root, tmp_path)
    views = asked_features.views_of(stage, metadata=True)
    # Of parameters that are not named, the present values stay.
    found = word_settings.views_of(views, stage, {"lbp.radii": (1, 2), "C": (3.0,)})
    assert found.names == views.names == ("lbp", "metadata")
    alone = extracted(root, tmp_path, tune_words="", set=f"{BLURRED} lbp.radii=1,2")
    np.testing.assert_array_equal(found.arrays["lbp"], alone.features("lbp").values)


def test_present_settings_are_not_read_again(root, tmp_path):
    stage = extracted(root, tmp_path)
    views = Views(asked_features.views_of(stage, metadata=False).blocks)
    unread = replace(stage, digests=None)
    assert word_settings.views_of(views, unread, {"lbp.image_size": 8}).arrays.keys() == {"lbp"}


@pytest.mark.slow
def test_a_bundle_has_the_better_setting_and_applies_it(root, tmp_path):
    """A setting that hides the difference against one that shows it."""
    places = {"data": root, "cache": tmp_path / "cache", "out": tmp_path / "bundle"}
    result = train.run(options(**places))
    assert result.values["tuning"]["chosen"]["lbp.image_size"] == 128
    assert "lbp.image_size=128" in result.text
    assert result.values["models"]["logistic:words"]["macro_auc"] == 1
    made = train.bundle.load(tmp_path / "bundle").views["lbp"].extractor()
    assert isinstance(made, Lbp)
    assert made.image_size == 128
    pictures = [root / "sick" / "f0.png", root / "well" / "f1.png"]
    found = predict.run(Predict(bundle=tmp_path / "bundle", image=pictures, csv=tmp_path / "p.csv"))
    assert found.exit_code == 0
