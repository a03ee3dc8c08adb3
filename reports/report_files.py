"""A report on disk: predictions, tables, plots, report.html and report.json."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import storage
from datasets.sources import folder
from escapes import as_json
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.truth import Truth
from file_names import file_names
from reports import label_audit_files, paper_tables, report_page, report_plots, score_files
from reports.image_tiles import Sheet
from reports.plots.plotting import PNG, Paper
from reports.prediction_columns import Beside
from reports.report_tree import Report


@dataclass(frozen=True)
class Trained:
    """What `compare` knows beyond probabilities, of n images and k labels.

    Thresholds (n, k) and learning curves are those of each model; folds (n,) are numbers from 1.
    `elsewhere` are the predictions for external data sets, `sheets` contact sheets of sections.
    """

    thresholds: Mapping[str, np.ndarray] = field(default_factory=dict)
    folds: np.ndarray | None = None
    histories: Mapping[str, Sequence[np.ndarray]] = field(default_factory=dict)
    elsewhere: Sequence[SiteScores] = ()
    sheets: Mapping[str, Sequence[Sheet]] = field(default_factory=dict)


ELSEWHERE = Trained()
# The folder of predictions for external data sets.
EXTERNAL = "external"


def write(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    out: Path,
    trained: Trained = ELSEWHERE,
    paper: Paper = PNG,
) -> list[Path]:
    """The folder's files; truth and scores are over the same images and labels."""
    # Made first: a value that JSON cannot hold must not leave half a report behind.
    text = as_json(report.as_json(), indent=1, allow_nan=False)
    predictions = _write_predictions(truth, scores, out, trained)
    names = file_names(site.name for site in trained.elsewhere)
    for site, name in zip(trained.elsewhere, names, strict=True):
        _write_elsewhere(site, predictions / EXTERNAL / name)
    pictures = report_plots.draw(report, truth, scores, out / "plots", trained.histories, paper)
    tables = paper_tables.write(report, out / "tables")
    page = report_page.write(report, pictures, out / "report.html", trained.sheets)
    values = out / "report.json"
    storage.write_text(values, text)
    audited = [out / label_audit_files.FOLDER] * bool(report.audit)
    return [page, values, predictions, tables, out / "plots", *audited]


def _write_predictions(truth: Truth, scores: Sequence[Scores], out: Path, trained: Trained) -> Path:
    """A table for each model, in a folder that is returned."""
    made = folder(out / "predictions")
    names = file_names(one.model for one in scores)
    for one, name in zip(scores, names, strict=True):
        thresholds = trained.thresholds.get(one.model)
        beside = Beside(truth.labels, thresholds, trained.folds)
        score_files.write(one, made / f"{name}.csv", beside)
    return made


def _write_elsewhere(site: SiteScores, out: Path) -> None:
    """A table for each model's predictions on an external data set."""
    made = folder(out)
    names = file_names(site.scores)
    for (model, one), name in zip(site.scores.items(), names, strict=True):
        thresholds = np.broadcast_to(site.thresholds[model], one.probabilities.shape)
        score_files.write(one, made / f"{name}.csv", Beside(site.truth.labels, thresholds))
