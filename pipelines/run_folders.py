"""Folders of runs: a readable name for each new run, `latest`, and the run that is continued."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import storage
from datasets import sources
from datasets.options import NEW_RUN
from errors import FileUnreadable
from file_names import harmless
from models.bundle_manifest import CONTENTS
from progress import say, warn

LATEST = "latest"
LONGEST_DATA, LONGEST_NAMES = 40, 80
TRAINING = ".training"
CONFIGURATION, FITS = "configuration.json", "fits"
# What a run writes below these folders goes when a run into the same folder no longer writes it.
OURS, KINDS = (
    ("predictions", "plots", "tables", "figures"),
    (".csv", ".png", ".svg", ".pdf", ".tex"),
)
MANY_BYTES = 100_000_000


@contextmanager
def opened(options: Any) -> Iterator[Any]:
    """The options with the folder of this run; at the end `latest` points to a new one."""
    options = _with_real_bundle(options)
    if options.out.name != NEW_RUN:
        before = _written(options.out)
        yield options
        _without_stale(options.out, before)
        return
    parent = sources.folder(options.out.parent)
    stem = "-".join(filter(None, (data_of(options), names_of(options))))
    kept = _continued(parent, stem, options) if getattr(options, "resume", False) else None
    out = kept or _new(parent, f"{date.today():%Y-%m-%d}-{stem}")
    try:
        yield replace(options, out=out)
    except BaseException:
        _remove_if_unused(out)
        raise
    if out.is_dir():
        point(parent / LATEST, out.name)


def data_of(options: Any) -> str:
    """What a run is about, in a few characters: the data set, a table, or images."""
    images = getattr(options, "image", None)
    if images:
        name = images[0].stem if len(images) == 1 else f"{len(images)}_images"
    else:
        path = getattr(options, "data", None) or _label_table(options)
        name = _name(path.resolve()) if path else "synthetic"
    return harmless(name)[:LONGEST_DATA]


def _label_table(options: Any) -> Path | None:
    """The label table of scores; None for other commands, whose options of this name are text."""
    labels = getattr(options, "labels", None)
    return labels if isinstance(labels, Path) else None


def _name(path: Path) -> str:
    return path.stem if path.is_file() else path.name


def names_of(options: Any) -> str:
    """The classifiers or models of a run."""
    if folders := bundles_of(options):
        names = [_classifier_in(folder) for folder in folders]
    elif hasattr(options, "classifying"):
        names = [*options.classifying]
    else:
        names = [each.partition("=")[0] for each in options.scores]
    return harmless("-".join(names))[:LONGEST_NAMES] if any(names) else ""


def bundles_of(options: Any) -> list[Path]:
    """The folders of the bundles that a command uses, some of them as NAME=FOLDER."""
    asked = getattr(options, "bundle", [])
    return [named(each)[1] for each in asked] if isinstance(asked, list) else [asked]


def named(bundle: str) -> tuple[str, Path]:
    """The name and the folder of NAME=FOLDER or FOLDER, whose name is that of the folder."""
    name, equals, folder = bundle.partition("=")
    if equals and not Path(bundle).exists():
        return name, followed(Path(folder))
    real = followed(Path(bundle))
    return real.resolve().name, real


def _classifier_in(bundle: Path) -> str:
    """The classifier of a bundle; "" if it cannot be read, which is an error a little later."""
    try:
        return str(json.loads(storage.read_text(bundle / CONTENTS, MANY_BYTES))["classifier"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _new(parent: Path, name: str) -> Path:
    """A folder that was not there: the name, or the first of `name-2`, `name-3`, …"""
    for number in count(1):
        path = parent / (name if number == 1 else f"{name}-{number}")
        if path.with_name(f"{path.name}{TRAINING}").exists():
            continue
        with suppress(FileExistsError):
            path.mkdir()
            return path
    raise AssertionError


def _remove_if_unused(out: Path) -> None:
    """Remove the folder of a run that has failed before it trained anything."""
    with suppress(OSError):
        if {path.name for path in out.iterdir()} <= {CONFIGURATION, FITS}:
            # A folder that holds trainings stays, and so does its configuration.
            with suppress(FileNotFoundError):
                (out / FITS).rmdir()
            (out / CONFIGURATION).unlink(missing_ok=True)
            out.rmdir()


def _continued(parent: Path, stem: str, options: Any) -> Path | None:
    """The newest run of the same data, models and options."""
    named = re.compile(rf"\d{{4}}-\d\d-\d\d-{re.escape(stem)}(-\d+)?({re.escape(TRAINING)})?")
    runs = (path for path in parent.iterdir() if named.fullmatch(path.name))
    for path in sorted(runs, key=lambda path: -path.lstat().st_mtime):
        if path.name.endswith(TRAINING):
            return path.with_name(path.name.removesuffix(TRAINING))
        if _same_options(path / CONFIGURATION, options):
            return path
    say(f"--resume found no run of {stem} with these options in {parent}; this is a new one")
    return None


def _same_options(path: Path, options: Any) -> bool:
    try:
        kept = json.loads(storage.read_text(path))
        now = json.loads(json.dumps(asdict(options), default=str))
        return all(kept[name] == value for name, value in now.items() if name in kept)
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def point(link: Path, name: str) -> None:
    """Make a link point to a folder next to it; without links, a text file holds the name."""
    if link.is_dir() and not link.is_symlink():
        warn(f"{link} is a folder, so it does not point to the newest run, {name}")
        return
    made = link.with_name(f".{uuid4().hex}.tmp")
    try:
        made.symlink_to(name, target_is_directory=True)
        made.replace(link)
    except OSError:
        made.unlink(missing_ok=True)
        storage.write_text(link, f"{name}\n")


def followed(path: Path) -> Path:
    """The run that a link or a text file `latest` points to; other paths as they are."""
    if path.is_symlink():
        return path.parent / os.readlink(path)
    if path.name != LATEST or not path.is_file():
        return path
    try:
        return path.parent / harmless(storage.read_text(path, 1000).strip())
    except (FileUnreadable, ValueError):
        return path


def _with_real_bundle(options: Any) -> Any:
    """The options with the bundle that `latest` points to, since it will point to another."""
    bundle = getattr(options, "bundle", None)
    if not bundle:
        return options
    if isinstance(bundle, list):
        return replace(options, bundle=["=".join(map(str, named(each))) for each in bundle])
    return replace(options, bundle=followed(bundle))


def _written(out: Path) -> dict[Path, object]:
    """The files of an earlier report that another one replaces, with their state."""
    if not (out / "report.json").is_file():
        return {}
    paths = (path for name in OURS for path in (out / name).rglob("*") if path.suffix in KINDS)
    return {path: storage.state_of(str(path)) for path in paths}


def _without_stale(out: Path, before: dict[Path, object]) -> None:
    """Remove files of an earlier report that this one has not written again."""
    for path, state in before.items():
        if state and storage.state_of(str(path)) == state:
            path.unlink(missing_ok=True)
