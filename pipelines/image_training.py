"""What `train` does more for classifiers that learn from films: going on, a sheet, the spread."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from datasets.images import Images
from errors import InvalidOption
from inference.predictions import check_augmentations
from models import bundle, checkpoints
from models.bundle import Bundle
from models.classifier import Classifier
from models.views import PIXELS, Views
from pipelines.command_options import Train
from reports.plots import augmentation_sheet
from reports.plots.saving import save

SHEET, SPREAD = "augmented.png", "spread.csv"
SHEET_IMAGES, SHEET_TIMES = 5, 5


def begin(classifier: Classifier, options: Train) -> None:
    """Refuse early what would be refused after hours; go on with a training, or start anew."""
    bundle.check_folder(options.out)
    check_augmentations(options.tta)
    if options.tta and PIXELS not in classifier.needs:
        raise InvalidOption(
            f"--tta needs a classifier that looks at films; {options.classifier} takes vectors."
            " Try finetuned."
        )
    if not options.resume:
        checkpoints.clear(training_folder(options))
    classifier.keep_in(training_folder(options))


def end(classifier: Classifier, training: Views, options: Train) -> None:
    """Put a sheet of augmented films and TensorBoard's files beside the bundle."""
    if hasattr(classifier, "augmented"):
        few = training.select(np.arange(min(SHEET_IMAGES, len(training))))
        images = classifier.augmented(few, SHEET_TIMES)
        (pixels,) = few.of(PIXELS).arrays.values()
        plain = np.asarray(pixels).reshape(images.shape[1:])
        title = f"{options.classifier}: augmentation {classifier.augmentation!r}"
        save(augmentation_sheet.sheet(plain, images, title), options.out / SHEET)
    logs = training_folder(options) / checkpoints.LOGS
    if logs.is_dir():
        shutil.move(logs, options.out / checkpoints.LOGS)
    checkpoints.clear(training_folder(options))


def training_folder(options: Train) -> Path:
    """Where an unfinished training lies: beside the bundle, which is written whole."""
    return options.out.with_name(f"{options.out.name}.training")


def spread(made: Bundle, views: Views, images: Images, options: Train) -> dict[str, Any]:
    """How far probabilities of test films spread as the films are augmented; nothing unasked."""
    if not options.tta:
        return {}
    found, told = made.spread(views, options.tta), made.findings(views).calibrated
    table = pd.DataFrame({"id": images.ids[images.test]})
    for column, name in enumerate(images.label_names):
        table[name], table[f"{name} spread"] = told[:, column], found[:, column]
    storage.write_table(options.out / SPREAD, table)
    means = dict(zip(images.label_names, found.mean(axis=0).tolist(), strict=True))
    return {"spread": {"times": options.tta, "mean": float(found.mean()), "labels": means}}


def lines(values: dict[str, Any]) -> list[str]:
    """The same in a line."""
    if "spread" not in values:
        return []
    told = values["spread"]
    widest = max(told["labels"], key=told["labels"].__getitem__)
    return [
        f"each film augmented {told['times']} times: probabilities spread by {told['mean']:.3f} on"
        f" average, most for {widest} ({told['labels'][widest]:.3f}); see {SPREAD}"
    ]
