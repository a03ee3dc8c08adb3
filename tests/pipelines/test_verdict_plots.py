import pytest

from pipelines import verdict_plots
from tests.pipelines.verdicts import verdict


@pytest.mark.parametrize(("models", "differences"), [(("sharp",), 0), (("sharp", "vague"), 1)])
def test_pictures_are_written_and_differences_lead_where_models_are_compared(
    tmp_path, models, differences
):
    shown = verdict_plots.draw(*verdict(models), tmp_path / "plots")
    names = ["differences.png"] * differences
    names += ["forest.png", "roc.png", "precision_recall.png", "reliability.png"]
    assert [picture.path.name for picture in shown] == names
    assert all(picture.path.read_bytes().startswith(b"\x89PNG") for picture in shown)


def test_a_name_is_no_formula(tmp_path):
    shown = verdict_plots.draw(*verdict(label_names=("$\\frac$", "$^$", "c")), tmp_path)
    assert len(shown) == 5


def test_who_cannot_see_the_forest_is_told_its_figures(tmp_path):
    report, truth, scores = verdict(("sharp",))
    forest = verdict_plots.draw(report, truth, scores, tmp_path)[0]
    assert f"macro AUC of sharp {report['models']['sharp']['macro_auc']:.3f} [" in forest.alt


def test_controls_are_left_to_the_tables():
    report = {
        "models": {"one": {}, "two": {"control": True}, "three": {"control": False}},
        "comparisons": [{"model": "two"}, {"model": "three"}],
    }
    shown = verdict_plots.without_controls(report)
    assert list(shown["models"]) == ["one", "three"]
    assert shown["comparisons"] == [{"model": "three"}]
