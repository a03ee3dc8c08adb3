"""Steps of `train` for classifiers that learn from images: resuming, and a sheet of images."""

import shutil
from pathlib import Path

import numpy as np

from models import bundle, checkpoints
from models.classifier import Classifier
from models.views import PIXELS, Views
from pipelines.command_options import Train
from reports.plots import image_sheet
from reports.plots.plotting import save

SHEET = "augmented.png"
SHEET_IMAGES, SHEET_TIMES = 5, 5


def begin(classifier: Classifier, options: Train) -> None:
    """Check options before hours of training; continue a training, or start again."""
    bundle.check_folder(options.out)
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
