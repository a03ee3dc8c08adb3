"""Predictions on disk, written image by image: a long table, JSON lines, a table for `score`."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import storage
from datasets.sources import folder
from escapes import as_json
from inference.predictions import Prediction
from spreadsheets import Rows

COLUMNS = (
    *("id", "label", "probability", "raw_probability", "threshold", "finding", "spread"),
    "warnings",
)
# Beside these, where answers are asked for.
ANSWER = "answer"
# How a finding reads in the table.
DECIDED = {True: "yes", False: "no", None: "not decided"}


class PredictionFiles:
    """Three open files for predictions, which get their names once the run is complete.

    `findings` has a row for each image and label, `lines` a JSON object for each image, `scores`
    an id and a column for each label.
    """

    def __init__(self, labels: Sequence[str], answers: bool, *files: TextIO) -> None:
        findings, self.lines, scores = files
        columns = (*COLUMNS, ANSWER) if answers else COLUMNS
        self.findings, self.scores = Rows(findings, columns), Rows(scores, ("id", *labels))

    def write(self, image: Prediction) -> None:
        """Add the predictions for an image."""
        self.findings.add(*rows(image))
        self.lines.write(as_json(values_of(image)) + "\n")
        self.scores.add([image.id, *(finding.probability for finding in image.findings)])


@contextmanager
def opened(
    paths: Sequence[Path], labels: Sequence[str], answers: bool = False
) -> Iterator[PredictionFiles]:
    """Files for findings, lines and scores, which get their names once they are complete.

    With `answers`, the table of findings has a column for them.
    """
    with ExitStack() as names:
        for path in paths:
            folder(path.parent)
        partial = [names.enter_context(storage.whole(path)) for path in paths]
        with ExitStack() as stack:
            files = [stack.enter_context(_open(path)) for path in partial]
            yield PredictionFiles(labels, answers, *files)


def rows(image: Prediction) -> Iterator[list[Any]]:
    """The findings of an image as rows of COLUMNS, and of ANSWER where there are answers."""
    warnings = "; ".join(image.warnings)
    for each in image.findings:
        figures = [each.probability, each.raw_probability, each.threshold]
        cells = [image.id, each.label, *figures, DECIDED[each.present], each.spread, warnings]
        yield [*cells, each.answer] if each.answer else cells


def values_of(image: Prediction) -> dict[str, Any]:
    """The findings and warnings of an image, and its class if classes are exclusive, for JSON."""
    chosen = {"predicted": image.predicted} if image.predicted else {}
    findings = [_without_none(asdict(each), ANSWER) for each in image.findings]
    return {"id": image.id, **chosen, "findings": findings, "warnings": list(image.warnings)}


def _without_none(values: dict[str, Any], name: str) -> dict[str, Any]:
    """The values without one that is None."""
    return {key: each for key, each in values.items() if key != name or each is not None}


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
