"""Which images a bundle calls unlike its training images: held-out ones, altered ones, photographs.

    python benchmarks/unlike.py --bundle FOLDER --data FOLDER --others FOLDER

The data set should be the one that the bundle was trained on, so that its test images are held out.
Photographs are those that come with scikit-image; `--others` adds images of your own.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import skimage
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import image_files, sources
from datasets.files import find_images
from datasets.image_statistics import layout_of
from datasets.options import Work
from errors import ImageUnreadable
from inference.predictor import Predictor
from models.training_reference import with_layouts

AT_ONCE = 32
# Drawings, text and patterns among the images of scikit-image are no photographs.
PHOTOGRAPHS = (
    *("astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png", "coins.png"),
    *("grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "moon.png"),
    *("motorcycle_left.png", "motorcycle_right.png", "retina.jpg", "rocket.jpg"),
)
ALTERED = {
    "test images": lambda plane: plane,
    "the same, inverted": lambda plane: 255 - plane,
    "the same, upside down": lambda plane: plane[::-1].copy(),
    "the same, on their side": lambda plane: np.rot90(plane).copy(),
    "the same, mirrored": lambda plane: plane[:, ::-1].copy(),
    "the same, blurred": lambda plane: cv2.GaussianBlur(plane, (0, 0), 0.01 * max(plane.shape)),
}


def main(
    bundle: Annotated[Path, typer.Option(help="A bundle with a reference of its images.")],
    data: Annotated[Path, typer.Option(help="The data set that it was trained on.")],
    others: Annotated[Path | None, typer.Option(help="A folder with other images.")] = None,
    weights: Annotated[str, typer.Option(help="The network's weights, if they moved.")] = "",
) -> None:
    """Print a table of images and how many of them are called unlike the training images."""
    predictor = Predictor(bundle, weights)
    images = sources.images_for(Work(data=data), predictor.bundle.labels)
    test = [image_files.read(path) for path in images.paths[images.test]]
    sets = {name: [*map(change, test)] for name, change in ALTERED.items()}
    folder = Path(skimage.data.__file__).parent
    sets["photographs"] = [image_files.read(folder / name) for name in PHOTOGRAPHS]
    if others:
        sets[f"images in {others.name}"] = [*readable(others)]
    print("| images | number | unlike the training images | median distance |\n|---|---|---|---|")
    for name, planes in sets.items():
        distances = distances_of(predictor, planes)
        unlike = sum(predictor.bundle.reference.is_unlike(each) for each in distances)
        share = f"{unlike} ({unlike / len(planes):.1%})"
        print(f"| {name} | {len(planes)} | {share} | {np.median(distances):.1f} |")
    print(f"limit: {predictor.bundle.reference.limit:.2f}")


def readable(folder: Path) -> Iterator[np.ndarray]:
    """The images of a folder that can be decoded."""
    for path in find_images(folder):
        try:
            yield image_files.read(path)
        except ImageUnreadable as reason:
            print(f"left out {path.name}: {reason}")


def distances_of(predictor: Predictor, planes: list[np.ndarray]) -> np.ndarray:
    """The distance of each image from the training images."""
    parts = []
    for start in range(0, len(planes), AT_ONCE):
        some = planes[start : start + AT_ONCE]
        compared = with_layouts(predictor.views(some), [*map(layout_of, some)])
        parts.append(predictor.bundle.reference.distances(compared))
    return np.concatenate(parts)


if __name__ == "__main__":
    typer.run(main)
