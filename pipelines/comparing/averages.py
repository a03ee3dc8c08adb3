"""Candidates whose probabilities are averaged over versions of images: how far versions differ."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from datasets.sources import folder
from evaluation.scores import Scores
from file_names import file_names
from models.test_time_augmentation import TTA
from pipelines.comparing.candidates import Candidate
from pipelines.comparing.comparison_run import ComparisonRun
from reports import score_files
from reports.wording import number

SPREADS = "spread"


def notes(run: ComparisonRun) -> Iterator[str]:
    """A sentence for each such candidate, with the mean spread of its probabilities."""
    for each in _averaged(run):
        spread = float(spread_of(run, each).probabilities.mean())
        yield (
            f"{each.name} averages the probabilities of each test image and of"
            f" {run.options.tta} augmented versions, whose mean spread is {number(spread)}"
            + f", with the settings chosen for {each.name.removesuffix(TTA)}"
            * bool(run.options.tune)
        )


def write_spreads(run: ComparisonRun, out: Path) -> list[Path]:
    """A table of each such candidate in a folder, which is returned if there are any."""
    candidates = _averaged(run)
    if not candidates:
        return []
    made = folder(out / SPREADS)
    for each, name in zip(candidates, file_names(one.name for one in candidates), strict=True):
        score_files.write(spread_of(run, each), made / f"{name}.csv")
    return [made]


def spread_of(run: ComparisonRun, candidate: Candidate) -> Scores:
    """The spread of every test image and label, the mean over seeds, split after split."""
    by_split = run.fits[candidate.name]
    ids = np.concatenate([seeds[0].ids for seeds in by_split])
    means = [
        np.mean([one.spread for one in seeds if one.spread is not None], axis=0)
        for seeds in by_split
    ]
    return Scores(candidate.name, ids, np.concatenate(means), run.images.label_names)


def _averaged(run: ComparisonRun) -> list[Candidate]:
    return [each for each in run.candidates if each.averaged]
