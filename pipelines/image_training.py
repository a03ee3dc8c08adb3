"""Steps of `train` for classifiers that learn from images: resuming, a sheet, the spread."""

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
from reports.plots import image_sheet
from reports.plots.plotting import save

SHEET, SPREAD = "augmented.png", "spread.csv"
SHEET_IMAGES, SHEET_TIMES = 5, 5


def begin(classifier: Classifier, options: Train) -> None:
    """Check options before hours of training; continue a training, or start again."""
    bundle.check_folder(options.out)
    check_augmentations(options.tta)
    if options.tta and PIXELS not in classifier.needs:
        raise InvalidOption(
            f"--tta needs a classifier that learns from images; {options.classifier} uses features."
            " Type --classifier finetuned."
        )
    if not options.resume:
        checkpoints.clear(training_folder(options))
    classifier.keep_in(training_folder(options))


def end(classifier: Classifier, training: Views, options: Train) -> None:
    """Write a sheet of augmented images and the TensorBoard files into the bundle's folder."""
    if hasattr(classifier, "augmented"):
        few = training.select(np.arange(min(SHEET_IMAGES, len(training))))
        images = classifier.augmented(few, SHEET_TIMES)
        (pixels,) = few.of(PIXELS).arrays.values()
        plain = np.asarray(pixels).reshape(images.shape[1:])
        title = f"{options.classifier}: augmentation {classifier.augmentation!r}"
        save(image_sheet.augmentations(plain, images, title), options.out / SHEET)
    logs = training_folder(options) / checkpoints.LOGS
    if logs.is_dir():
        shutil.move(logs, options.out / checkpoints.LOGS)
    checkpoints.clear(training_folder(options))


def training_folder(options: Train) -> Path:
    """The folder of an unfinished training, beside the bundle, which is written at the end."""
    return options.out.with_name(f"{options.out.name}.training")


def spread(made: Bundle, views: Views, images: Images, options: Train) -> dict[str, Any]:
    """The spread of test probabilities over augmented versions of each image; {} without --tta."""
    if not options.tta:
        return {}
    spreads, calibrated = made.spread(views, options.tta), made.findings(views).calibrated
    table = pd.DataFrame({"id": images.ids[images.test]})
    for column, name in enumerate(images.label_names):
        table[name], table[f"{name} spread"] = calibrated[:, column], spreads[:, column]
    storage.write_table(options.out / SPREAD, table)
    means = dict(zip(images.label_names, spreads.mean(axis=0).tolist(), strict=True))
    return {"spread": {"times": options.tta, "mean": float(spreads.mean()), "labels": means}}


def lines(values: dict[str, Any]) -> list[str]:
    """The spread in a line."""
    if "spread" not in values:
        return []
    means = values["spread"]
    widest = max(means["labels"], key=means["labels"].__getitem__)
    return [
        f"each image augmented {means['times']} times: mean spread of the probabilities"
        f" {means['mean']:.3f}, highest for {widest} ({means['labels'][widest]:.3f}); see {SPREAD}"
    ]
