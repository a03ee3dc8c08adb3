"""What one visitor of the page has before them: films, what is said of them, own thresholds."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import StringIO

import numpy as np

from pipelines.explaining.decisions import against_thresholds
from pipelines.predicting.files import COLUMNS, rows
from pipelines.predicting.predictions import Finding, Prediction
from pipelines.serving.uploads import Upload


@dataclass
class Session:
    """Uploads, kept in memory alone, with their predictions; `own` are thresholds by label.

    `chosen` are the film and the label that are shown.
    """

    uploads: list[Upload] = field(default_factory=list)
    found: list[Prediction] = field(default_factory=list)
    own: dict[str, float] = field(default_factory=dict)
    chosen: tuple[str, str] | None = None

    @property
    def names(self) -> list[str]:
        """What films are called in a list of choices: their numbers tell equal names apart."""
        return [f"{place}. {upload.name}" for place, upload in enumerate(self.uploads, 1)]

    def prediction(self, place: int) -> Prediction:
        """What is said of a film by the thresholds that are chosen now."""
        film = self.found[place]
        return replace(film, findings=tuple(map(self._judged, film.findings)))

    def table(self) -> str:
        """All films as `predict` writes them to CSV."""
        text = StringIO()
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for place in range(len(self.found)):
            table.writerows(rows(self.prediction(place)))
        return text.getvalue()

    def _judged(self, finding: Finding) -> Finding:
        if finding.label not in self.own:
            return finding
        threshold = self.own[finding.label]
        present = finding.probability >= threshold
        return replace(finding, threshold=threshold, present=present)


def most_telling(findings: Sequence[Finding]) -> str:
    """The label whose probability is highest against its threshold."""
    probabilities = np.array([each.probability for each in findings])
    thresholds = np.array([each.threshold for each in findings], float)
    return findings[int(against_thresholds(probabilities, thresholds).argmax())].label
