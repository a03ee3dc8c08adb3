import re

from reports import html_tables, wording
from reports.report_tree import Report
from tests.reports.comparisons import METADATA, TRAINED, values


def cells(html):
    """Rows of text of all tables in html."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_a_table_has_a_caption_and_its_cells_know_their_heads():
    html = html_tables.table("All <of> it", ["name", "n"], [["a & b", "1"]])
    assert "<caption>All &lt;of&gt; it</caption>" in html
    assert '<th scope="col">name</th><th scope="col">n</th>' in html
    assert '<th scope="row">a &amp; b</th><td>1</td>' in html
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
    assert "seed" not in html_tables.models(Report.of(report))
    report["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.9, 0.875]}
    header, row = cells(html_tables.models(Report.of(report)))[-2:]
    assert header == ["Model", "Seed 0", "Seed 1", "Highest − lowest"]
    assert row == ["sharp", "0.9000", "0.8750", "0.0250"]


def test_every_label_has_its_row_and_one_without_auc_a_dash():
    report, _, _ = values(("sharp",))
    _, *rows = cells(html_tables.labels(Report.of(report)))
    assert [row[0] for row in rows] == report["labels"]
    assert rows[2][1:5] == ["–", "0", "60", "–"]


def test_decisions_are_shown_where_a_label_has_a_threshold():
    report, _, _ = values(("sharp",))
    assert "decisions" not in html_tables.labels(Report.of(report))
    counts = dict.fromkeys(html_tables.COUNTS, 7)
    decided = dict.fromkeys(["threshold", *html_tables.DECISIONS], 0.25) | counts
    labels = report["models"]["sharp"]["labels"]
    labels["Edema"] |= {"films_decided": 0}
    labels["Hernia"] |= decided | {"films_decided": 60}
    labels["Never"] |= decided | {"films_decided": 20, "recall": None, "recall_missing": "1 of <2"}
    html = html_tables.labels(Report.of(report))
    edema, hernia, never = cells(html)[-3:]
    assert edema == ["Edema", "not decided", "0 of 60", *["–"] * 8]
    assert hernia == ["Hernia", "0.250", "60 of 60", *["0.250"] * 4, *["7"] * 4]
    assert never[2:5] == ["20 of 60", "0.250", "–"]
    assert '<p class="soft">No recall or F1 for Never: 1 of &lt;2.</p>' in html


def test_of_thresholds_of_several_folds_the_lowest_and_the_highest_are_shown():
    report, _, _ = values(("sharp",))
    told = {"threshold": 0.25, "threshold_range": [0.2, 0.3]}
    others = dict.fromkeys(html_tables.DECISIONS, 0.5) | dict.fromkeys(html_tables.COUNTS, 7)
    labels = report["models"]["sharp"]["labels"]
    for label in labels.values():
        label |= told | others | {"films_decided": 60}
    html = html_tables.labels(Report.of(report))
    assert cells(html)[-1][1] == "0.200 to 0.300"
    assert "decisions at the thresholds of each fold" in html


def test_differences_are_there_only_where_models_are_compared():
    alone, _, _ = values(("sharp",))
    assert (
        html_tables.comparisons(Report.of(alone))
        == html_tables.label_differences(Report.of(alone))
        == ""
    )
    report, _, _ = values()
    assert cells(html_tables.comparisons(Report.of(report)))[1][0] == "vague − sharp"
    assert len(cells(html_tables.label_differences(Report.of(report)))) == 4


def test_groups_are_counted_and_gaps_are_named():
    report, _, _ = values(("sharp",))
    rows = cells(html_tables.subgroups(Report.of(report)))
    assert [row[:3] for row in rows[1:3]] == [["F", "30", "30"], ["M", "30", "30"]]
    assert report["subgroups"]["sharp"]["sex"]["gaps"]["Never"] is None
    assert "Never" not in [row[0] for row in rows]


def test_shares_of_members_are_a_table():
    report, _, _ = values(("sharp",))
    report["models"]["sharp"] |= TRAINED | {"member_shares": {"cnn": [1.0], "xgboost": [0.0]}}
    assert cells(html_tables.models(Report.of(report)))[-2:] == [
        ["sharp", "cnn", "1.00"],
        ["sharp", "xgboost", "0.00"],
    ]
