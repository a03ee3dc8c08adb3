"""The trainings of a comparison, kept on disk so that `--resume` can continue it."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

import storage
from datasets import sources
from datasets.images import Images
from datasets.options import OF_FORMATS
from errors import InvalidOption
from evaluation.conformal import Bounds
from features.extracted import Extracted
from features.recipe import digest, fingerprint
from models import checkpoints, thresholds
from models.classifier import Classifier
from models.training_history import Histories, histories
from models.views import Views
from pipelines.augmented_tests import NOT_AUGMENTED, NOWHERE, Augmented
from pipelines.command_options import Compare
from pipelines.comparing import run_configuration
from pipelines.comparing.candidates import Candidate
from pipelines.config_writing import defaults_of
from pipelines.run_folders import CONFIGURATION, FITS
from progress import warn

KEPT = {"ids", "probabilities", "thresholds", "seconds"}
HISTORY, ELSEWHERE, CHANGED = "history of ", "external ", "changed "
MEMBERS, SHARES, WEIGHTLESS = "members", "shares", "weightless"
BOUNDS = {item.name: f"bounds {item.name}" for item in fields(Bounds)}
# Folders, workers, figures and tests do not change what is trained.
NOT_COMPARED = (
    *("cache", "out", "jobs", "resume", "data", "label_table", "cluster", "pretrained_on"),
    *("figures", "dpi", "figure_width", "pairs", "margin", "thresholds", "unit"),
    *("failures", "audit"),
    # The names of fits have a digest of external images.
    *("external", "recalibrate"),
    # The digest of images covers what these do to labels.
    *OF_FORMATS,
)


@dataclass(frozen=True)
class Fit:
    """Calibrated probabilities (n, k) of the test images, from one training of one model.

    `shares` are those of its members, `weightless` the kinds of views that have weight 0 in it.
    `elsewhere` has the probabilities (m, k) of all images of each external data set by its name.
    `spread` (n, k) is that over augmented versions of each image, if probabilities are averaged.
    Trainings of an earlier version have no `bounds` for abstaining. `changed` has the probabilities
    (n, k) of the test images in other conditions by their names.
    """

    ids: np.ndarray
    probabilities: np.ndarray
    thresholds: np.ndarray
    seconds: float
    histories: Histories
    shares: dict[str, float] = field(default_factory=dict)
    weightless: tuple[str, ...] = ()
    elsewhere: Mapping[str, np.ndarray] = field(default_factory=dict)
    bounds: Bounds | None = None
    spread: np.ndarray | None = None
    changed: Mapping[str, np.ndarray] = field(default_factory=dict)


def open_run(images: Images, options: Compare) -> Path:
    """The folder of fits; with `--resume` that of the same configuration, else an empty one."""
    out = sources.folder(options.out)
    # Runs of earlier versions have no such options.
    unused = ["tune", "inner_folds"] * (not options.tune)
    unused += ["robustness", "changes", "severities"] * (not options.robustness)
    left_out = {*NOT_COMPARED, *unused, *["tune_words"] * (not options.tune_words)}
    chosen = {name: value for name, value in asdict(options).items() if name not in left_out}
    chosen["films"] = run_configuration.digest_of_images(images)
    chosen["networks"] = run_configuration.digests_of_networks(options)
    # A later version may have other defaults.
    chosen |= {"defaults": defaults_of(options)}
    path, folder = out / CONFIGURATION, out / FITS
    if options.resume and folder.is_dir() and run_configuration.kept(path) != chosen:
        raise InvalidOption(
            f"--resume continues a run of the same images and options; {out} has another"
            f" configuration, or its {CONFIGURATION} is damaged. Name another --out, or start"
            " again without --resume."
        )
    if not options.resume:
        shutil.rmtree(folder, ignore_errors=True)
    # Before the folder, so that a folder of fits always has its configuration.
    storage.write_text(path, json.dumps(chosen, indent=1))
    return sources.folder(folder)


def name_of_split(
    folder: Path, number: int, extracted: Extracted, elsewhere: Mapping[str, Extracted] = NOWHERE
) -> str:
    """How the files of a split's fits begin: its number and a digest of images and features.

    External data sets by name count too, since a fit has their probabilities. A warning counts the
    fits of other images or features, which are not used.
    """
    images, branches = extracted.images, (extracted.branches | extracted.variants).values()
    made_of = [run_configuration.digest_of_images(images), *extracted.keys()]
    made_of += [f"{each.store.folder.name} {each.store.learned_digest}" for each in branches]
    made_of += [fingerprint(each.recipe) + each.kind for each in extracted.given.values()]
    for site, outside in elsewhere.items():
        made_of += [site, run_configuration.digest_of_images(outside.images), *outside.keys()]
    key = digest("\n".join(made_of).encode())[:12]
    name = f"{number}-{key}"
    others = [path for path in folder.glob(f"{number}-*.npz") if not path.name.startswith(name)]
    if others:
        warn(
            f"images or features have changed since {len(others)} trainings on"
            f" {images.split_name}: these are repeated"
        )
    return name


def fit(
    candidate: Candidate,
    views: Views,
    images: Images,
    seed: int,
    path: Path,
    client: Any = None,
    elsewhere: Mapping[str, Views] = NOWHERE,
    augmented: Augmented = NOT_AUGMENTED,
) -> Fit:
    """A candidate's training, read from the run's folder if it is there already.

    It may share its work with the workers of a Dask client, and predicts for external images too.
    The same training also gives averages over augmented versions of the images.
    """
    kept = read_fit(path) if path.is_file() else None
    if kept:
        return kept
    training = path.with_suffix(".training")
    classifier = candidate.make(seed).keep_in(training).grow_on(client)
    others = {name: candidate.see(each, seed) for name, each in elsewhere.items()}
    plain, averages = _trained(classifier, candidate.see(views, seed), images, others, augmented)
    if augmented.beside:
        write_fit(averages, augmented.beside)
    made = averages if candidate.averaged else plain
    write_fit(made, path)
    checkpoints.clear(training)
    return made


def read_fit(path: Path) -> Fit | None:
    """A fit that was kept; None and a warning if it is damaged."""
    kept = checkpoints.read_arrays(path)
    if kept is None or not set(kept) >= KEPT:
        warn(f"{path} is damaged; {path.stem} is trained again")
        return None
    learned, elsewhere = _beginning(HISTORY, kept), _beginning(ELSEWHERE, kept)
    figures = kept["probabilities"], kept["thresholds"], float(kept["seconds"])
    shares = dict(zip(kept.get(MEMBERS, ()), kept.get(SHARES, ()), strict=True))
    members = {str(name): float(share) for name, share in shares.items()}
    weightless = tuple(map(str, kept.get(WEIGHTLESS, ())))
    known = {name: kept[key] for name, key in BOUNDS.items() if key in kept}
    bounds = Bounds(**known) if known else None
    ids, spread = kept["ids"].astype(object), kept.get("spread")
    changed = _beginning(CHANGED, kept)
    return Fit(ids, *figures, learned, members, weightless, elsewhere, bounds, spread, changed)


def _beginning(prefix: str, kept: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays whose names begin so, by the rest of their names."""
    named = [name for name in kept if name.startswith(prefix)]
    return {name.removeprefix(prefix): kept[name] for name in named}


def _trained(
    classifier: Classifier,
    seen: Views,
    images: Images,
    elsewhere: Mapping[str, Views],
    augmented: Augmented,
) -> tuple[Fit, Fit]:
    """The fit of a training on the views that a candidate sees, and its averages over versions."""
    held_out = (seen.select(images.validation), images.labels[images.validation])
    started = time.monotonic()
    learning = seen.select(images.train), images.labels[images.train]
    owners, exclusive = images.patients[images.train], bool(images.classes)
    classifier.fit(
        *learning, validation=held_out, patients=owners, reported=True, exclusive=exclusive
    )
    seconds = time.monotonic() - started
    patients = images.patients[images.validation]
    chosen = thresholds.by_validation(classifier, held_out, patients, "f1", classes=images.classes)

    def found(each: Views) -> np.ndarray:
        return chosen.calibration(classifier.predict_proba(each))

    made = Fit(
        images.ids[images.test],
        found(seen.select(images.test)),
        chosen.thresholds,
        seconds,
        histories(classifier),
        classifier.member_shares,
        classifier.weightless,
        {name: found(each) for name, each in elsewhere.items()},
        chosen.bounds,
        changed={name: found(each) for name, each in augmented.changed},
    )
    mean, spread, others = augmented.averaged(found, made.probabilities, made.elsewhere)
    # These are of probabilities that are not averaged.
    alone: Any = {"histories": {}, "shares": {}, "weightless": (), "bounds": None, "changed": {}}
    return made, replace(made, probabilities=mean, elsewhere=others, spread=spread, **alone)


def write_fit(made: Fit, path: Path) -> None:
    """Write a fit whole or not at all, so that a killed run leaves no partial file."""
    values: dict[str, Any] = vars(made) | {"ids": made.ids.astype(str)}
    learned, shares, bounds = (values.pop(name) for name in ("histories", "shares", "bounds"))
    if made.spread is None:
        values.pop("spread")
    values |= {MEMBERS: np.array([*shares], str), SHARES: np.array([*shares.values()], float)}
    values[WEIGHTLESS] = np.array(made.weightless, str)
    values |= {f"{HISTORY}{name}": history for name, history in learned.items()}
    values |= {f"{ELSEWHERE}{name}": each for name, each in values.pop("elsewhere").items()}
    values |= {f"{CHANGED}{name}": each for name, each in values.pop("changed").items()}
    values |= {key: getattr(bounds, name) for name, key in BOUNDS.items() if bounds}
    with storage.whole(path) as temporary:
        np.savez(temporary, allow_pickle=False, **values)
