"""A report on disk: predictions, plots, report.html and report.json."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

import storage
from datasets.sources import folder
from escapes import as_json
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports import report_page, report_plots, score_files
from reports.report_tree import Report


def write(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    out: Path,
    histories: Mapping[str, Sequence[np.ndarray]] = MappingProxyType({}),
) -> list[Path]:
    """The folder's files; truth and scores are over the same images and labels.

    `histories` holds the learning curves of each trained network, one for each training.
    """
    # Made first: a value that JSON cannot hold must not leave half a report behind.
    text = as_json(report.as_json(), indent=1, allow_nan=False)
    predictions = folder(out / "predictions")
    for one in scores:
        score_files.write(one, predictions / f"{one.model}.csv")
    pictures = report_plots.draw(report, truth, scores, out / "plots", histories)
    page = report_page.write(report, pictures, out / "report.html")
    values = out / "report.json"
    storage.write_text(values, text)
    return [page, values, predictions, out / "plots"]
