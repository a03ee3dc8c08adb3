import pytest

from reports.plots import occlusion_plot
from reports.shortcut_text import TITLES


@pytest.fixture
def values():
    def told(value):
        return {"auc": {"value": value, "ci": [value - 0.1, value + 0.1]}}

    row = {name: told(0.5 + place / 16) for place, name in enumerate(TITLES)}
    facts = {"data": "covid", "classifier": "cnn", "synthetic": True, "flagged": ["Mass"]}
    return facts | {"occlusions": {"Mass": row, "macro": row}}


def test_each_part_that_is_blanked_has_its_aucs(values):
    (axes,) = occlusion_plot.aucs(values).axes
    lines = {line.get_label(): line for line in reversed(axes.lines)}
    for place, title in enumerate(TITLES.values()):
        assert set(lines[title].get_xdata()) == {0.5 + place / 16}


def test_a_finding_that_survives_is_marked(values):
    (axes,) = occlusion_plot.aucs(values).axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["Mass\n(survives)", "macro"]
