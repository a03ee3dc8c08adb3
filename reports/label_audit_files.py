"""An audit of labels on disk: the table to fill in, all images ranked, and contact sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd

import storage
from datasets.corrections import CORRECTED
from datasets.images import Images
from datasets.sources import folder
from datasets.tables import read_table
from evaluation.label_audit import image_quality, ranks, self_confidence
from evaluation.label_errors import Expected
from evaluation.truth import Truth
from reports import image_tiles
from reports.audit_figures import SAYS, Audit, ErrorRate, SuspectImage
from reports.image_tiles import NO_FILES, UNREADABLE, Sheet

FOLDER, SUSPECTS, RANKED = "audit", "suspects.csv", "images.csv"
# Rows of the table for each label and for what it says: as many as are expected to be wrong,
# within these limits.
FEWEST, MOST = 10, 100
SHOWN, PICTURED = 10, 4
LABELS_A_SHEET = 20
LEGEND = (
    "A row for each label: the most suspect images that the label table says have it, then those"
    " that it says are without it, with the mean probability of models that have not learned from"
    " the image. Research use only"
)


@dataclass(frozen=True)
class Audited:
    """Truth and the mean probabilities (n, k) of models that have not learned from the images."""

    truth: Truth
    probabilities: np.ndarray
    models: Sequence[str]
    expected: Sequence[Expected]
    overall: Expected

    @cached_property
    def confidence(self) -> np.ndarray:
        """The self-confidence of every label, (n, k)."""
        return self_confidence(self.truth.labels, self.probabilities)

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The images that report a label, by rising quality, with their most suspect label."""
        quality = image_quality(self.confidence)
        places = ranks(quality)
        rows = np.argsort(places, kind="stable")[np.count_nonzero(places == 0) :]
        columns = np.nan_to_num(self.confidence[rows], nan=np.inf).argmin(axis=1)
        found = {
            "image": self.truth.ids[rows],
            "rank": places[rows],
            "quality": quality[rows].round(6),
            "label": np.array(self.truth.label_names, object)[columns],
            "current": self.truth.labels[rows, columns].astype(int),
            "probability": self.probabilities[rows, columns].astype(float).round(6),
        }
        return pd.DataFrame(found)


def figures(audited: Audited) -> Audit:
    """What the report shows, before anything is written."""
    truth = audited.truth
    entries = np.count_nonzero(~np.isnan(truth.labels), axis=0)
    rates = [ErrorRate.of(*each) for each in zip(audited.expected, entries.tolist(), strict=True)]
    first = audited.ranked[:SHOWN].itertuples()
    return Audit(
        models=list(audited.models),
        images=len(audited.ranked),
        listed=len(suspects(audited)),
        overall=ErrorRate.of(audited.overall, int(entries.sum())),
        labels=dict(zip(truth.label_names, rates, strict=True)),
        first=[
            SuspectImage(str(one.image), one.quality, one.label, one.current, one.probability)
            for one in first
        ],
    )


def write(audited: Audited, images: Images, out: Path, jobs: int) -> tuple[Audit, list[Sheet]]:
    """Tables and contact sheets in a folder of their own; what the report shows, and the sheets."""
    audit, made = figures(audited), folder(out / FOLDER)
    table = suspects(audited)
    storage.write_table(_unused(made / SUSPECTS), table)
    storage.write_table(made / RANKED, audited.ranked)
    shown = table[table["rank"] <= PICTURED]
    pictures = image_tiles.thumbnails(images, shown["image"], jobs)
    if not pictures:
        why = UNREADABLE if (images.paths != "").any() else NO_FILES
        return replace(audit, no_pictures=why), []
    return audit, _sheets(shown, audited.truth.label_names, pictures, images, made)


def suspects(audited: Audited) -> pd.DataFrame:
    """The most suspect entries of each label, as a table to fill in; all first ones come first.

    Entries that say present and those that say absent are ranked apart: the former would fill the
    list of a rare finding, since its probabilities are low.
    """
    wrong = [(each.present, each.absent) for each in audited.expected]
    tables = [
        _of_label(audited, column, said, most)
        for column, counts in enumerate(wrong)
        for said, most in zip((1, 0), counts, strict=True)
    ]
    return pd.concat(tables).sort_values("rank", kind="stable", ignore_index=True)


def _of_label(audited: Audited, column: int, said: int, wrong: float) -> pd.DataFrame:
    """The most suspect entries of one label that say the same, of which so many may be wrong."""
    truth = audited.truth
    own = np.where(truth.labels[:, column] == said, audited.confidence[:, column], np.nan)
    places = ranks(own)
    most = int(np.clip(np.ceil(np.nan_to_num(wrong)), FEWEST, MOST))
    rows = np.argsort(places, kind="stable")[np.count_nonzero(places == 0) :][:most]
    return pd.DataFrame(
        {
            "image": truth.ids[rows],
            "label": truth.label_names[column],
            "current": said,
            "probability": audited.probabilities[rows, column].astype(float).round(6),
            "rank": places[rows],
            CORRECTED: "",
        }
    )


def _unused(path: Path) -> Path:
    """The path; if a table there has been filled in, the first of `name-2`, … that is not there."""
    if not path.is_file() or not (read_table(path)[CORRECTED] != "").any():
        return path
    others = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(each for each in others if not each.exists())


def _sheets(
    shown: pd.DataFrame,
    names: Sequence[str],
    pictures: dict[str, np.ndarray],
    images: Images,
    made: Path,
) -> list[Sheet]:
    """Contact sheets of LABELS_A_SHEET labels, a row for each label with pictures."""
    own = [
        shown[shown["label"] == name].sort_values(["current", "rank"], ascending=[False, True])
        for name in names
    ]
    rows = [image_tiles.tiles(_shown(each), pictures) for each in own]
    rows = [row for row in rows if row]
    title = f"{images.source}{' (synthetic)' * images.synthetic}: the most suspect labels"
    return [
        image_tiles.sheet(
            rows[start : start + LABELS_A_SHEET], title, LEGEND, made / f"sheet-{number}.png"
        )
        for number, start in enumerate(range(0, len(rows), LABELS_A_SHEET), 1)
    ]


def _shown(entries: pd.DataFrame) -> list[image_tiles.Shown]:
    return [
        (
            each.image,
            image_tiles.entry(each.label, f"{SAYS[each.current]}, {each.probability:.2f}"),
        )
        for each in entries.itertuples()
    ]
