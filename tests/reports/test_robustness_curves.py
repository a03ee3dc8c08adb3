from dataclasses import replace

from reports import robustness_curves
from reports.plots import plotting
from tests.reports.test_robustness_section import made


def test_curves_and_differences_are_figures_with_captions():
    found = robustness_curves.figures(made())
    assert tuple(found) == robustness_curves.FIGURES
    for figure, caption, alt in found.values():
        assert "macro AUC" in alt
        assert caption.endswith(".")
        assert plotting.inline(figure, "any", alt).startswith("<svg")


def test_a_baseline_alone_has_curves():
    found = made()
    alone = replace(found, models=["sharp"], summary={"sharp": found.summary["sharp"]})
    assert [*robustness_curves.figures(alone)] == ["robustness"]


def test_without_changed_images_there_are_none():
    assert robustness_curves.figures(None) == {}
