"""What every contender says of the test films of every split, kept so that a run can go on."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

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

CONFIGURATION = "configuration.json"
FITS = "fits"
HISTORY = "history of "
# Where things lie and how many cores work on them changes no number.
PLACES = ("cache", "out", "jobs", "resume", "data")


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
    if options.resume and path.is_file() and json.loads(path.read_text()) != told:
        raise InvalidOption(
            f"--resume goes on with a run of the same films and options; {out} belongs to another"
            " configuration. Name another --out, or leave --resume out to start anew."
        )
    if not options.resume:
        shutil.rmtree(folder, ignore_errors=True)
    sources.folder(folder)
    path.write_text(json.dumps(told, indent=1))
    return folder


def fit(contender: Contender, views: Views, films: Films, seed: int, path: Path) -> Fit:
    """A contender's training, read from the run's folder if it is done already."""
    if not path.is_file():
        training = path.with_suffix(".training")
        _write(_trained(contender, views, films, seed, training), path)
        checkpoints.clear(training)
    with np.load(path, allow_pickle=False) as kept:
        ids, seconds = kept["ids"].astype(object), float(kept["seconds"])
        learned = {
            name.removeprefix(HISTORY): kept[name]
            for name in kept.files
            if name.startswith(HISTORY)
        }
        return Fit(ids, kept["probabilities"], kept["thresholds"], seconds, learned)


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
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **values)
    temporary.rename(path)
