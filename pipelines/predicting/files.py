"""Predictions on disk, written film by film: a long table, JSON lines, and a table for `score`."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import storage
from pipelines.predicting.predictions import Prediction
from pipelines.probabilities import spreadsheet_safe
from pipelines.sources import folder

COLUMNS = (
    *("id", "label", "probability", "raw_probability", "threshold", "finding", "spread"),
    "warnings",
)


class PredictionFiles:
    """Three open files that take predictions; nothing of a run that breaks off takes their names.

    `findings` has a row for each film and label, `lines` a JSON object for each film, `scores` an
    id and a column for each label.
    """

    def __init__(self, labels: Sequence[str], *files: TextIO) -> None:
        findings, self.lines, scores = files
        self.findings, self.scores = csv.writer(findings), csv.writer(scores)
        self.findings.writerow(COLUMNS)
        self.scores.writerow(["id", *map(spreadsheet_safe, labels)])

    def write(self, film: Prediction) -> None:
        """Add a film that could be read."""
        self.findings.writerows(rows(film))
        self.lines.write(json.dumps(told(film), ensure_ascii=False) + "\n")
        probabilities = [finding.probability for finding in film.findings]
        self.scores.writerow([spreadsheet_safe(film.id), *probabilities])


@contextmanager
def opened(paths: Sequence[Path], labels: Sequence[str]) -> Iterator[PredictionFiles]:
    """Files for findings, lines and scores, which get their names once all is written."""
    with ExitStack() as names:
        for path in paths:
            folder(path.parent)
        partial = [names.enter_context(storage.whole(path)) for path in paths]
        with ExitStack() as stack:
            yield PredictionFiles(labels, *(stack.enter_context(_open(path)) for path in partial))


def rows(film: Prediction) -> Iterator[list[Any]]:
    """A film's findings as rows of COLUMNS, safe to open in a spreadsheet."""
    warnings = "; ".join(film.warnings)
    for each in film.findings:
        named = [spreadsheet_safe(film.id), spreadsheet_safe(each.label)]
        figures = [each.probability, each.raw_probability, each.threshold]
        yield [*named, *figures, "yes" if each.present else "no", each.spread, warnings]


def told(film: Prediction) -> dict[str, Any]:
    """A film's findings and warnings as JSON has them."""
    return {"id": film.id, "findings": [asdict(each) for each in film.findings]} | {
        "warnings": list(film.warnings)
    }


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
