"""Runs of `compare` and `score` that are on disk, read from report.json and config.toml."""

import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import storage
from errors import InvalidOption
from pipelines.config_files import INPUTS, RUN
from pipelines.config_writing import CONFIG
from pipelines.run_folders import followed
from progress import warn

REPORT = "report.json"
# Folders of a run that hold no other runs.
INSIDE = {"fits", "plots", "predictions", "tables", "figures", "logs", "classifier", "slurm"}
LARGEST = 500_000_000
# What a report must have to be listed.
NEEDED = {"data": dict, "split": dict, "models": dict}
MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class PastRun:
    """A folder with a report, and the name it is listed under."""

    folder: Path
    name: str
    report: dict[str, Any]

    @cached_property
    def config(self) -> dict[str, Any]:
        """What config.toml holds; {} for runs of earlier versions, which have none."""
        try:
            return tomllib.loads(storage.read_text(self.folder / CONFIG))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            warn(f"{self.folder / CONFIG} is left out, because it cannot be read: {error}")
            return {}

    @property
    def date(self) -> str:
        """When the run was made: as config.toml has it, else when its report was written."""
        written = datetime.fromtimestamp((self.folder / REPORT).stat().st_mtime)
        return str(self.config.get(RUN, {}).get("date", written.strftime(MINUTE)))

    @property
    def models(self) -> dict[str, dict[str, Any]]:
        """The figures of each model that is no control."""
        return {name: one for name, one in self.report["models"].items() if not one.get("control")}

    @property
    def digests(self) -> dict[str, str]:
        """Digests of the data by aspect, whatever the name of its folder; {} if not known."""
        tables = self.config.get(INPUTS, {})
        aspects = {name.rpartition(": ")[2]: each for name, each in tables.get("data", {}).items()}
        files = dict.fromkeys(["image files"] * bool(tables.get("images")))
        return aspects | {name: " ".join(tables["images"].values()) for name in files}


def found(folder: Path) -> Iterator[PastRun]:
    """All runs in a folder and below; a warning names a report that cannot be read."""
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in INSIDE)
        if REPORT in files:
            run = read(Path(place), Path(place).relative_to(folder).as_posix())
            if run is None:
                warn(f"{Path(place) / REPORT} is left out: it is damaged, or no report of a run")
            else:
                yield run


def read(folder: Path, name: str) -> PastRun | None:
    """The run in a folder; None if its report cannot be read."""
    try:
        report = json.loads(storage.read_text(folder / REPORT, LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    sound = isinstance(report, dict) and all(
        isinstance(report.get(key), kind) for key, kind in NEEDED.items()
    )
    return PastRun(folder, name, report) if sound else None


def named(name: str, folder: Path) -> PastRun:
    """The run with this name among the runs of a folder, or in a folder of this name."""
    runs = list(found(folder)) if folder.is_dir() else []
    ends = [run for run in runs if f"/{run.name}".endswith(f"/{name.strip('/')}")]
    for place in (Path(name), folder / name):
        if (followed(place) / REPORT).is_file() and (run := read(followed(place), name)):
            return run
    if len(ends) == 1:
        return ends[0]
    count = "no run has" if not ends else f"{len(ends)} runs have"
    raise InvalidOption(
        f"diff must name two runs; {count} the name or folder {name!r}. Type `runs` for the names"
        f" of all runs in {folder}, or name the folder of a run."
    )
