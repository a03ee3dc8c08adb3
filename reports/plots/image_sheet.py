"""Sample images: a sheet with a few of every label and their boxes."""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from datasets.images import SIDES, Images

PER_LABEL = 4
# Letters that fit above an image.
LONGEST = 28
COLOURS = {True: "#E69F00", False: "#56B4E9"}


def sheet(images: Images, read: Callable[[str], np.ndarray]) -> Figure:
    """A row for each label: training images with it; its boxes are orange, others blue."""
    names = images.label_names
    figure = Figure(figsize=(1 + 2 * PER_LABEL, 0.5 + 2.05 * len(names)), layout="constrained")
    grid = figure.subplots(len(names), PER_LABEL, squeeze=False)
    for column, (name, row) in enumerate(zip(names, grid, strict=True)):
        for axes in row:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        row[0].set_ylabel(name, fontsize=10)
        for axes, image in zip(row, _chosen(images, column), strict=False):
            plane = read(images.paths[image])
            axes.imshow(plane, cmap="gray", vmin=0, vmax=255)
            axes.set_title(shortened(images.ids[image]), fontsize=6, pad=2)
            for box in images.boxes[images.boxes["id"] == images.ids[image]].itertuples():
                axes.add_patch(_rectangle(box, plane.shape, COLOURS[box.label == name]))
    synthetic = " (synthetic)" if images.synthetic else ""
    figure.suptitle(f"{images.source}{synthetic}: images with each label, its boxes orange")
    return figure


def augmentations(images: np.ndarray, augmented: np.ndarray, title: str) -> Figure:
    """A row for each image (n, s, s), followed by its augmented versions (times, n, s, s)."""
    columns = [images, *augmented]
    shape = (len(images), len(columns))
    figure = Figure(figsize=(0.3 + 1.9 * shape[1], 0.6 + 1.9 * shape[0]), layout="constrained")
    grid = figure.subplots(*shape, squeeze=False)
    for row, image in zip(grid, zip(*columns, strict=True), strict=True):
        for axes, form in zip(row, image, strict=True):
            axes.imshow(form, cmap="gray", vmin=0, vmax=255)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    grid[0, 0].set_title("original", fontsize=10)
    grid[0, 1].set_title("augmented", fontsize=10)
    figure.suptitle(title)
    return figure


def shortened(image: str) -> str:
    """The end of an image's path that fits, in whole folders, with an ellipsis for the rest."""
    if len(image) <= LONGEST:
        return image
    parts = image.split("/")
    ends = ("/".join(["…", *parts[first:]]) for first in range(1, len(parts)))
    return next((end for end in ends if len(end) <= LONGEST), f"…{image[1 - LONGEST :]}")


def _chosen(images: Images, column: int) -> np.ndarray:
    """Images with a label, of different patients, those with a box for it first."""
    with_label = np.flatnonzero(images.train & (images.labels[:, column] == 1))
    boxed = set(images.boxes["id"][images.boxes["label"] == images.label_names[column]])
    order = sorted(with_label, key=lambda image: images.ids[image] not in boxed)
    patients: dict[str, int] = {}
    for image in order:
        patients.setdefault(images.patients[image], int(image))
    return np.array(list(patients.values())[:PER_LABEL], int)


def _rectangle(box: object, shape: tuple[int, ...], colour: str) -> Rectangle:
    x, y, width, height = (float(getattr(box, name)) for name in SIDES)
    return Rectangle(
        (x * shape[1], y * shape[0]), width * shape[1], height * shape[0], fill=False, color=colour
    )
