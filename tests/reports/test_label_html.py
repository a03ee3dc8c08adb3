from reports import label_html
from reports.report_tree import Report
from tests.reports.comparisons import values
from tests.reports.test_html_tables import cells


def test_differences_by_label_are_there_only_where_models_are_compared():
    assert label_html.label_differences(Report.of(values(("sharp",))[0])) == ""
    html = label_html.label_differences(Report.of(values()[0]))
    assert len(cells(html)) == 4
    assert html.startswith("<details>\n<summary>vague − sharp, label by label</summary>")


def test_the_first_table_of_labels_has_a_column_for_each_model():
    told, _, _ = values()
    header, edema, *_ = cells(label_html.labels(Report.of(told)))
    assert header == ["Label", "Positives", "sharp", "vague"]
    auc = told["models"]["vague"]["labels"]["Edema"]["auc"]
    assert edema[3].startswith(f"{auc:.3f} [")


def test_the_mark_of_rare_labels_is_explained_where_there_are_any():
    told, _, _ = values()
    assert "†" not in label_html.labels(Report.of(told))
    html = label_html.labels(Report.of(told | {"rare_labels": ["Hernia"]}))
    assert '<th scope="row">Hernia †</th>' in html
    assert "† Fewer than 10 patients with or without the finding" in html


def test_every_label_has_its_row_and_one_without_auc_a_dash():
    report, _, _ = values(("sharp",))
    _, *rows = cells(label_html.labels(Report.of(report)))[4:]
    assert [row[0] for row in rows] == report["labels"]
    assert rows[2][1:5] == ["–", "0", "60", "–"]


def test_decisions_are_shown_where_a_label_has_a_threshold():
    report, _, _ = values(("sharp",))
    assert "decisions" not in label_html.labels(Report.of(report))
    counts = dict.fromkeys(label_html.COUNTS, 7)
    decided = dict.fromkeys(["threshold", *label_html.DECISIONS], 0.25) | counts
    labels = report["models"]["sharp"]["labels"]
    labels["Edema"] |= {"films_decided": 0}
    labels["Hernia"] |= decided | {"films_decided": 60}
    labels["Never"] |= decided | {"films_decided": 20, "recall": None, "recall_missing": "1 of <2"}
    html = label_html.labels(Report.of(report))
    edema, hernia, never = cells(html)[-3:]
    assert edema == ["Edema", "not decided", "0 of 60", *["–"] * 8]
    assert hernia == ["Hernia", "0.250", "60 of 60", *["0.250"] * 4, *["7"] * 4]
    assert never[2:5] == ["20 of 60", "0.250", "–"]
    assert '<p class="soft">No recall or F1 for Never: 1 of &lt;2.</p>' in html


def test_of_thresholds_of_several_folds_the_lowest_and_the_highest_are_shown():
    report, _, _ = values(("sharp",))
    told = {"threshold": 0.25, "threshold_range": [0.2, 0.3]}
    others = dict.fromkeys(label_html.DECISIONS, 0.5) | dict.fromkeys(label_html.COUNTS, 7)
    labels = report["models"]["sharp"]["labels"]
    for label in labels.values():
        label |= told | others | {"films_decided": 60}
    html = label_html.labels(Report.of(report))
    assert cells(html)[-1][1] == "0.200 to 0.300"
    assert "decisions at the thresholds of each fold" in html


def test_groups_are_counted_and_gaps_are_named():
    report, _, _ = values(("sharp",))
    rows = cells(label_html.subgroups(Report.of(report)))
    assert [row[:3] for row in rows[1:3]] == [["F", "30", "30"], ["M", "30", "30"]]
    assert report["subgroups"]["sharp"]["sex"]["gaps"]["Never"] is None
    assert "Never" not in [row[0] for row in rows]
