"""Every command's options: names, defaults and help, for Python and the command line alike.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from datasets.options import Reading

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Work(Reading):
    """Which films, and where what is made of them is kept."""

    cache: Annotated[Path, "Folder of what can be computed again."] = PROJECT / "cache"
    jobs: Annotated[int, "Cores to use; 0 means all."] = 0


@dataclass(frozen=True)
class Data(Work):
    """What is in a data set: films, patients, labels, split, what was skipped; two plots."""

    check_images: Annotated[
        bool, "Decode every film: which cannot be read, which are negatives?"
    ] = False
    save_split: Annotated[Path | None, "Write the split to this JSON file."] = None
    out: Annotated[Path, "Folder for plots and skipped.csv."] = PROJECT / "runs" / "data"
