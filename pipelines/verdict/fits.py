"""What every contender says of the test films of every split, kept so that a run can go on."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import storage
from datasets.films import Films
from errors import InvalidOption
from features.recipe import digest
from models import checkpoints, thresholds
from models.calibration import Calibration
from models.histories import Histories, histories
from models.views import Views
from pipelines import sources
from pipelines.options import Compare
from pipelines.verdict.contenders import Contender
from progress import warn

CONFIGURATION = "configuration.json"
FITS = "fits"
KEPT = {"ids", "probabilities", "thresholds", "seconds"}
HISTORY = "history of "
# Where things lie and how many cores work on them changes no number.
PLACES = ("cache", "out", "jobs", "resume", "data", "cluster")


@dataclass(frozen=True)
class Fit:
    """Calibrated probabilities (n, k) of the films tested, by one training of one contender."""

    ids: np.ndarray
    probabilities: np.ndarray
    thresholds: np.ndarray
    seconds: float
    histories: Histories


def open_run(films: Films, options: Compare) -> Path:
    """The folder of fits; with `--resume` that of the same configuration, else an empty one."""
    out = sources.folder(options.out)
    told = {name: value for name, value in asdict(options).items() if name not in PLACES}
    told["films"] = digest("\n".join(films.ids).encode() + films.labels.tobytes())
    path, folder = out / CONFIGURATION, out / FITS
    if options.resume and folder.is_dir() and _kept_configuration(path) != told:
        raise InvalidOption(
            f"--resume goes on with a run of the same films and options; {out} belongs to another"
            " configuration, or what told of it is damaged. Name another --out, or leave --resume"
            " out to start anew."
        )
    if not options.resume:
        shutil.rmtree(folder, ignore_errors=True)
    # Before the folder: where there is one, what tells of it is there too.
    storage.write_text(path, json.dumps(told, indent=1))
    return sources.folder(folder)


def fit(contender: Contender, views: Views, films: Films, seed: int, path: Path) -> Fit:
    """A contender's training, read from the run's folder if it is done already."""
    kept = _read(path) if path.is_file() else None
    if kept:
        return kept
    training = path.with_suffix(".training")
    made = _trained(contender, views, films, seed, training)
    _write(made, path)
    checkpoints.clear(training)
    return made


def _kept_configuration(path: Path) -> object:
    """What an earlier run told of itself; None if that cannot be read."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None


def _read(path: Path) -> Fit | None:
    """A fit that was kept; of a damaged one nothing, and that is said."""
    kept = checkpoints.read_arrays(path)
    if kept is None or not set(kept) >= KEPT:
        warn(f"{path} is damaged; {path.stem} is trained again")
        return None
    learned = {
        name.removeprefix(HISTORY): values
        for name, values in kept.items()
        if name.startswith(HISTORY)
    }
    figures = kept["probabilities"], kept["thresholds"], float(kept["seconds"])
    return Fit(kept["ids"].astype(object), *figures, learned)


def _trained(contender: Contender, views: Views, films: Films, seed: int, training: Path) -> Fit:
    """The fit of a training, which keeps in a folder how far it is if it takes long."""
    seen = contender.see(views, seed)
    held_out = (seen.select(films.validation), films.labels[films.validation])
    started = time.monotonic()
    classifier = contender.make(seed).keep_in(training)
    classifier.fit(seen.select(films.train), films.labels[films.train], validation=held_out)
    seconds = time.monotonic() - started
    raw = classifier.predict_proba(held_out[0])
    calibration = Calibration.fit(held_out[1], raw)
    chosen = thresholds.choose(held_out[1], calibration(raw), "f1")
    found = calibration(classifier.predict_proba(seen.select(films.test)))
    return Fit(films.ids[films.test], found, chosen, seconds, histories(classifier))


def _write(made: Fit, path: Path) -> None:
    """Whole or not at all, so that a killed run leaves no half of a fit."""
    values: dict[str, Any] = vars(made) | {"ids": made.ids.astype(str)}
    learned = values.pop("histories")
    values |= {f"{HISTORY}{name}": history for name, history in learned.items()}
    with storage.whole(path) as temporary:
        np.savez(temporary, allow_pickle=False, **values)
