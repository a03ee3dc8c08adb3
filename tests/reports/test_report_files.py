import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from evaluation.figures import evaluate
from evaluation.site_scores import SiteScores
from reports import report_files
from reports.report_files import Trained
from reports.report_tree import Report
from tests.reports.comparisons import values


def test_everything_promised_is_written(tmp_path):
    report, truth, scores = values()
    report_files.write(Report.of(report), truth, scores, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text()) == Report.of(report).as_json()
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    predictions = sorted(path.name for path in (tmp_path / "predictions").iterdir())
    assert predictions == ["sharp.csv", "vague.csv"]
    assert (tmp_path / "plots" / "forest.png").is_file()


def test_a_value_that_json_lacks_leaves_nothing_half_written(tmp_path):
    report, truth, scores = values(seed=float("nan"))
    with pytest.raises(ValueError, match="nan"):
        report_files.write(Report.of(report), truth, scores, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_file_of_a_model_has_a_blank_and_no_two_models_share_one(tmp_path):
    report, truth, scores = values(("a b", "a_b"))
    report_files.write(Report.of(report), truth, scores, tmp_path)
    assert [path.name for path in tmp_path.rglob("* *")] == []
    assert len([*(tmp_path / "predictions").iterdir()]) == 2


def folded(tmp_path):
    """The models of a report on three folds, and the table of one model as pandas reads it."""
    report, truth, scores = values(("sharp",))
    labels = truth.labels.copy()
    labels[np.random.default_rng(5).random(labels.shape) < 0.1] = np.nan
    truth = replace(truth, labels=labels)
    folds = np.repeat([1, 2, 3], 20)
    thresholds = np.array([[0.5, 0.6, 0.5], [0.61, 0.55, np.nan], [0.7, np.nan, 0.5]])[folds - 1]
    report |= evaluate(truth, scores, thresholds={"sharp": thresholds}, n_replicates=60)
    report["floors"]["metadata"] = {}
    trained = Trained({"sharp": thresholds}, folds)
    report_files.write(Report.of(report), truth, scores, tmp_path, trained)
    written = json.loads((tmp_path / "report.json").read_text())["models"]["sharp"]
    path = tmp_path / "predictions" / "sharp.csv"
    return written, pd.read_csv(path)


def test_scikit_learn_recomputes_every_figure_from_the_predictions_alone(tmp_path):
    told, table = folded(tmp_path)
    exactly = {"rel": 0, "abs": 1e-12}
    for label, figures in told["labels"].items():
        known = table[table[f"truth:{label}"].notna()]
        truth, probability = known[f"truth:{label}"], known[label]
        if figures["auc"] is None:
            continue
        assert metrics.roc_auc_score(truth, probability) == pytest.approx(figures["auc"], **exactly)
        precision = metrics.average_precision_score(truth, probability)
        assert precision == pytest.approx(figures["average_precision"], **exactly)
    pooled = table[[f"truth:{label}" for label in told["labels"]]].to_numpy().ravel()
    every, here = table[[*told["labels"]]].to_numpy().ravel(), ~np.isnan(pooled)
    micro = metrics.roc_auc_score(pooled[here], every[here])
    assert micro == pytest.approx(told["micro_auc"], **exactly)


def test_scikit_learn_recomputes_every_decision_with_folds_too(tmp_path):
    told, table = folded(tmp_path)
    compared = 0
    for label, figures in told["labels"].items():
        known = table.dropna(subset=[f"truth:{label}", f"decision:{label}"])
        assert len(known) == figures["films_decided"]
        pair = known[f"truth:{label}"], known[f"decision:{label}"]
        for name in ("precision", "recall", "f1"):
            if figures[name] is not None:
                found = getattr(metrics, f"{name}_score")(*pair)
                assert found == pytest.approx(figures[name], rel=0, abs=1e-12)
                compared += 1
    assert compared == 6
    assert told["labels"]["Hernia"]["recall"] is None


def test_predictions_for_external_images_have_a_folder_for_each_set(tmp_path):
    report, truth, scores = values()
    thresholds = dict.fromkeys(("sharp", "vague"), np.array([0.5, 0.6, np.nan]))
    site = SiteScores("B 2", truth, {one.model: one for one in scores}, {}, thresholds)
    report_files.write(Report.of(report), truth, scores, tmp_path, Trained(elsewhere=[site]))
    made = tmp_path / "predictions" / "external"
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*.csv")) == [
        "B_2/sharp.csv",
        "B_2/vague.csv",
    ]
    table = pd.read_csv(made / "B_2" / "sharp.csv")
    np.testing.assert_array_equal(table["Edema"], scores[0].probabilities[:, 0])
    np.testing.assert_array_equal(table["truth:Edema"], truth.labels[:, 0])
    np.testing.assert_array_equal(table["decision:Edema"], table["Edema"] >= 0.5)
