import re
import shutil
import subprocess
from dataclasses import replace

import pandas as pd
import pytest

from reports import paper_tables
from reports.report_tree import Report
from tests.reports.comparisons import TRAINED, evaluation, values

NAMES = ["comparisons", "label_differences", "labels", "metric_differences", "metrics", "models"]
# Every letter that LaTeX gives a meaning, and the start of an option of a row.
HOSTILE = (r"\def & 50 % of $x$ #1 {~^", "[1mm] a_b--c", '* "it\'s" <|>')
DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{booktabs}
\begin{document}
%s
\end{document}
"""


@pytest.fixture
def made(tmp_path):
    def made(*arguments, **changes):
        report, *_ = evaluation(*arguments, **changes)
        return report, paper_tables.write(report, tmp_path / "tables")

    return made


def test_every_table_is_there_as_csv_and_as_latex(made):
    _, out = made()
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{name}.{kind}" for name in NAMES for kind in ("csv", "tex")
    )


def test_figures_of_csv_are_those_of_the_report_to_the_last_digit(made):
    report, out = made()
    table = pd.read_csv(out / "labels.csv").set_index(["model", "label"])
    edema = report.models["vague"].labels["Edema"]
    row = table.loc[("vague", "Edema")]
    assert row["auc"] == edema.auc
    assert [row["auc_ci_low"], row["auc_ci_high"]] == edema.auc_ci
    assert len(table) == 6


def test_csv_has_a_row_for_each_model_and_reference_baseline(made):
    report, out = made()
    table = pd.read_csv(out / "models.csv")
    assert table["model"].tolist()[:2] == ["sharp", "vague"]
    assert table["macro_auc"].tolist() == [*(m.macro_auc for m in report.models.values()), 0.5]
    assert table["brier"].notna().tolist() == [True, True, False]


def test_differences_have_their_p_values(made):
    report, out = made()
    (compared,) = report.comparisons
    row = pd.read_csv(out / "comparisons.csv").iloc[0]
    assert (row["model"], row["baseline"], row["p"]) == ("vague", "sharp", compared.macro_p)
    labels = pd.read_csv(out / "label_differences.csv").set_index("label")
    assert labels.loc["Edema", "p_delong"] == compared.labels["Edema"].p_delong


def test_every_two_models_are_a_matrix_with_both_signs(made, tmp_path):
    report, out = made()
    assert not (out / "pairs.csv").exists()
    (pair,) = report.pairs
    other = replace(pair, model="third", baseline="vague", delta_macro_auc=0.25)
    pairs = [pair, replace(pair, model="third"), other]
    many = replace(report, evaluated=replace(report.evaluated, comparisons=pairs))
    out = paper_tables.write(many, tmp_path / "more")
    table = pd.read_csv(out / "pairs.csv", index_col="model")
    assert table.loc["third", "minus vague"] == -table.loc["vague", "minus third"] == 0.25
    assert "vague & $-$0." in (out / "pairs.tex").read_text()
    assert len(pd.read_csv(out / "comparisons.csv")) == 3


def test_latex_has_auc_with_its_interval_and_the_minus_of_a_formula(made):
    report, out = made()
    low, high = report.models["sharp"].macro_auc_ci
    text = (out / "models.tex").read_text()
    assert f"{report.models['sharp'].macro_auc:.3f} [{low:.3f}, {high:.3f}]" in text
    assert "vague $-$ sharp & $-$0." in (out / "comparisons.tex").read_text()


def test_many_models_stand_in_several_tables_below_each_other():
    report, *_ = evaluation()
    models = {f"m{number}": report.models["sharp"] for number in range(7)}
    many = replace(report, evaluated=replace(report.evaluated, models=models))
    assert paper_tables.printed(many)["labels"].count("\\toprule") == 3


def test_controls_stand_below_the_models_and_not_in_tables_of_labels(made, tmp_path):
    written, *_ = values()
    written["models"]["vague"] |= TRAINED | {"control": True}
    written["models"]["sharp"] |= TRAINED
    out = paper_tables.write(Report.of(written), tmp_path / "more")
    groups = (out / "models.tex").read_text().split("\\midrule")
    assert [name in group for name, group in zip(("sharp", "vague"), groups[1:3], strict=True)]
    assert "vague" not in re.sub("^%.*", "", (out / "labels.tex").read_text(), flags=re.MULTILINE)


def test_reasons_and_synthetic_images_are_comments(made):
    _, out = made(synthetic=True)
    first, second, *_ = (out / "labels.tex").read_text().splitlines()
    assert (first, second[:18]) == ("% Needs \\usepackage{booktabs}.", "% Synthetic images")


def test_a_report_of_one_model_has_no_tables_of_differences(made):
    _, out = made(("sharp",))
    assert {path.stem for path in out.iterdir()} == {"labels", "metrics", "models"}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs LaTeX with booktabs")
@pytest.mark.parametrize("labels", [("Edema", "Hernia", "Never"), HOSTILE])
def test_every_table_compiles(made, tmp_path, labels):
    made(label_names=labels)
    tables = "\n\n".join(f"\\input{{tables/{name}}}" for name in NAMES)
    (tmp_path / "all.tex").write_text(DOCUMENT % tables)
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
