import base64
import hashlib
import re
from dataclasses import replace

import pytest

from reports import html_tables, metric_html, pages, screen, wording
from reports.report_tree import Report
from tests import browser
from tests.reports.comparisons import METADATA, TRAINED, values


def cells(html):
    """Rows of text of all tables in html."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_a_table_has_a_caption_and_its_cells_know_their_heads():
    html = html_tables.table("All <of> it", ["name", "n"], [["a & b", "1"]])
    assert "<caption>All &lt;of&gt; it</caption>" in html
    assert '<th scope="col">name</th><th scope="col">n</th>' in html
    assert '<th scope="row">a &amp; b</th><td data-value="1">1</td>' in html
    assert 'tabindex="0"' in html


def test_the_reference_baselines_are_rows_below_the_models():
    report, _, _ = values(("sharp",))
    report["floors"]["metadata"] = METADATA
    rows = cells(html_tables.models(Report.of(report)))[-2:]
    assert [
        (name, macro, micro) for name, macro, _, micro, *_ in rows
    ] == wording.reference_baselines(Report.of(report))


def test_the_macro_auc_of_each_seed_is_a_table_of_its_own():
    report, _, _ = values(("sharp",))
    report["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.9]}
    assert html_tables.seeds(Report.of(report)) == ""
    report["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.9, 0.875]}
    header, row = cells(html_tables.seeds(Report.of(report)))
    assert header == ["Model", "Seed 0", "Seed 1", "Highest − lowest"]
    assert row == ["sharp", "0.9000", "0.8750", "0.0250"]


def test_one_label_has_its_auc_once_on_page_and_screen():
    several = Report.of(values()[0])
    known = several.evaluated
    models, pairs = (
        [replace(each, labels={"Edema": each.labels["Edema"]}) for each in these]
        for these in (known.models.values(), known.comparisons)
    )
    one = replace(known, models=dict(zip(known.models, models, strict=True)), comparisons=pairs)
    made = replace(several.provenance, labels=["Edema"])
    report = replace(several, evaluated=one, provenance=made)
    assert cells(html_tables.models(report))[0] == [
        *("Model", "Macro AUC", "Brier score", "Calibration error")
    ]
    page = html_tables.comparisons(report) + metric_html.metrics(report)
    assert "micro" not in page
    assert ": each label" not in page
    assert not any("micro" in line for line in screen.lines(report)[3:])


def test_shares_of_members_are_a_table():
    report, _, _ = values(("sharp",))
    report["models"]["sharp"] |= TRAINED | {"member_shares": {"cnn": [1.0], "xgboost": [0.0]}}
    assert cells(html_tables.models(Report.of(report)))[-2:] == [
        ["sharp", "cnn", "1.00"],
        ["sharp", "xgboost", "0.00"],
    ]


def test_differences_over_all_labels_are_there_only_where_models_are_compared():
    assert html_tables.comparisons(Report.of(values(("sharp",))[0])) == ""
    assert cells(html_tables.comparisons(Report.of(values()[0])))[1][0] == "vague − sharp"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("0.7421 [0.70, 0.78]", "0.7421"), ("−0.0120 [−0.1, 0.1]", "-0.012")),
        *(
            ("< 0.001", "0.0005"),
            ("≤ 0.003", "0.0015"),
            ("0.001", "0.001"),
            ("1,216", "1216"),
            ("12 (4.0 %)", "12"),
        ),
        *(("120 of 300", "120"), ("0.200 to 0.300", "0.2"), ("–", ""), ("not decided", "")),
    ],
)
def test_cells_are_sorted_by_the_number_that_they_start_with(cell, value):
    assert html_tables.sorted_by(cell) == value


def test_rows_of_rare_labels_are_marked():
    html = html_tables.table("t", ["Label", "n"], [["Hernia", "1"], ["Mass", "9"]], ["Hernia"])
    assert '<tr class="rare"><th scope="row">Hernia †</th>' in html
    assert '<tr><th scope="row">Mass</th>' in html


def test_controls_have_tables_of_their_own():
    told, _, _ = values()
    assert html_tables.of_controls(Report.of(told)) == ""
    told["models"]["vague"] |= TRAINED | {"macro_auc_by_seed": [0.9], "control": True}
    rows = cells(html_tables.of_controls(Report.of(told)))
    assert [row[0] for row in rows] == ["Model", "vague", "Model − baseline", "vague − sharp"]


@pytest.mark.slow
@browser.needed
def test_a_click_sorts_numbers_as_numbers_and_puts_dashes_last(tmp_path):
    rows = [
        [name, value]
        for name, value in zip("abcd", ("–", "< 0.001", "1,216", "0.5 [0.4, 0.6]"), strict=True)
    ]
    html = pages.page("t", False, "", {"T": html_tables.table("t", ["Name", "p"], rows)})
    own = "const [, p] = document.querySelectorAll('th button'); p.click();"
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    html = html.replace("script-src ", f"script-src 'sha256-{digest}' ")
    (tmp_path / "t.html").write_text(html.replace("</body>", f"<script>{own}</script></body>"))
    dom = browser.dumped(tmp_path / "t.html", tmp_path / "profile")
    assert re.findall('<th scope="row">(.)</th>', dom) == ["c", "d", "b", "a"]
    assert re.findall('aria-sort="(.*?)"', dom) == ["none", "descending"]


def test_names_go_on_in_a_new_line_after_a_colon_or_plus_alone():
    assert html_tables.breakable("cnn:a_b+c & d: e") == "cnn:<wbr>a_b+<wbr>c &amp; d: e"


def test_long_text_may_be_broken_into_lines_and_figures_may_not():
    page = html_tables.table(
        "T", "ABCD", [("a", "falls", "outside, new intercept", "0.5 [0.4, 0.6]")]
    )
    assert '<td>falls</td><td class="text">outside, new intercept</td><td data' in page
