import re
from dataclasses import replace

from reports import cause_html
from tests.reports import made_causes

PAGE = cause_html.causes(made_causes.causes())


def row(name):
    """The cells of a row by its first cell."""
    cells = re.search(rf"<tr><th[^>]*>{re.escape(name)}</th>(.*?)</tr>", PAGE)[1]
    return re.findall(r"<td[^>]*>(.*?)</td>", cells)


def test_both_hospitals_stand_side_by_side():
    assert row("Images") == ["1,200", "80"]
    assert row("Age") == ["45 (30–60)", "–"]
    assert row("Sex") == ["F 40 %, M 60 %"] * 2
    assert row("Edema") == ["25.0 %", "–"]
    assert row("Width in pixels") == ["512 (500–520)"] * 2


def test_the_site_auc_of_each_block_has_its_interval_or_a_reason():
    assert row("resnet50") == ["0.970 [0.950, 0.990]"]
    assert row("metadata") == ["–"]
    assert "for metadata: 2 patients are too few" in PAGE


def test_reweighted_figures_show_what_the_mix_explains():
    assert row("cnn")[-1] == "0.050 [−0.050, 0.150]"
    assert "Macro AUC with the mix of age and sex outside" in PAGE
    assert "88 % of the images outside have test images of the same age and sex" in PAGE
    assert "count like 321 images of equal weight" in PAGE


def test_features_that_know_the_hospital_and_explained_drops_are_sentences():
    first, second = cause_html.sentences(made_causes.causes(), "B")
    shown = "0.970 [0.950, 0.990]"
    assert first == f"resnet50 distinguishes the test images from B with an AUC of {shown}."
    assert second == (
        "A different mix of age and sex explains 0.050 [−0.050, 0.150] of the drop of cnn on B,"
        " 0.200."
    )


def test_without_causes_there_is_nothing():
    assert cause_html.causes(None) == ""
    assert list(cause_html.sentences(None, "B")) == []


def test_without_age_sex_and_view_nothing_is_weighted():
    bare = replace(made_causes.causes(), variables=[], reweighted={})
    assert "Explained by the mix" not in cause_html.causes(bare)
