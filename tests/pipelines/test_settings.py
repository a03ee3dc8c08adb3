import pytest

from errors import InvalidOption
from pipelines.settings import read_settings, with_settings


class Plugin:
    def __init__(self):
        self.parameters = {
            "count": 3,
            "share": 0.5,
            "flag": False,
            "name": "a",
            "sizes": (1,),
            "views": ("a",),
        }

    def get_params(self):
        return self.parameters

    def set_params(self, **changes):
        self.parameters |= changes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("count=7", 7), ("share=2", 2.0), ("flag=True", True), ("name=7", "7")),
        *(("sizes=8,16", (8, 16)), ("sizes=8", (8,)), ("views=a,b", ("a", "b"))),
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
