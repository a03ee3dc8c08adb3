import pytest

import models.classifiers
import registry
from errors import InvalidOption
from features.settings import check_used, read_settings, with_settings


class Plugin:
    def __init__(self):
        self.parameters = {
            "count": 3,
            "share": 0.5,
            "flag": False,
            "name": "a",
            "sizes": (1,),
            "views": ("a",),
            "networks": (),
            "size": None,
        }

    def get_params(self):
        return self.parameters

    def set_params(self, **changes):
        self.parameters |= changes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("count=7", 7), ("share=2", 2.0), ("flag=True", True), ("name=7", "7")),
        *(("sizes=8,16", (8, 16)), ("sizes=8", (8,)), ("views=a,b,", ("a", "b"))),
        *(("size=64", 64), ("networks=a,b", ("a", "b"))),
    ],
)
def test_a_text_becomes_a_value_of_the_defaults_kind(text, value):
    plugin = with_settings(Plugin(), "plugin", f"plugin.{text} other.count=9")
    assert plugin.parameters[text.split("=")[0]] == value


def test_settings_are_sorted_by_plug_in():
    assert read_settings("a.x=1 b.y=2 a.z=3=4") == {"a": {"x": "1", "z": "3=4"}, "b": {"y": "2"}}


@pytest.mark.parametrize(
    "text", ["plugin.colour=1", "plugin.count=many", "count=1", "plugin.count"]
)
def test_what_means_nothing_is_refused(text):
    with pytest.raises(InvalidOption, match="--set"):
        with_settings(Plugin(), "plugin", text)


@pytest.mark.parametrize(
    "text",
    [
        *("count=0", "count=-1", "count=1e10", "share=-0.5", "share=nan"),
        *("sizes=8,-1", "sizes=()", "views=,"),
        *("size=0", "size=large"),
        *("count=127.9", "flag=0.3", "flag=2", "sizes=8.5,16"),
    ],
)
def test_a_number_that_no_parameter_takes_is_refused(text):
    with pytest.raises(InvalidOption, match="takes a value such as"):
        with_settings(Plugin(), "plugin", f"plugin.{text}")


@pytest.mark.parametrize("value", ["1e999", "-" * 9000 + "1", "[" * 300, "9" * 5000])
def test_a_value_beyond_all_measure_is_refused_in_a_short_sentence(value):
    with pytest.raises(InvalidOption, match="takes a value such as") as raised:
        with_settings(Plugin(), "plugin", f"plugin.count={value}")
    assert len(str(raised.value)) < 200


def test_what_nobody_asked_for_is_refused_with_the_flags_that_ask():
    check_used("cnn.epochs=3", ["resnet50", "cnn"], "--extractors")
    with pytest.raises(InvalidOption, match=r"\(sift_words\); got sift_wrods.*with --detector"):
        check_used("sift_words.seed=1 sift_wrods.seed=1", ["sift_words"], "--detector")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("xgboost.film_share", "xgboost.subsample"),
        ("xgboost.stop_after", "xgboost.early_stopping_rounds"),
        ("logistic.strengths", "logistic.C"),
    ],
)
def test_an_old_name_is_refused_with_the_new_one(old, new):
    name = old.partition(".")[0]
    plugin = registry.load(models.classifiers, name)()
    with pytest.raises(InvalidOption) as refused:
        with_settings(plugin, name, f"{old}=1")
    assert str(refused.value) == f"{old} is now {new}."
