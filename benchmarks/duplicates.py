"""Distances of image hashes in `data --duplicates`: of copies, and of different images.

python benchmarks/duplicates.py --data FOLDER [--every 6]
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import image_files, loading
from datasets.options import Reading
from features.image_hash import BITS, TRIMS, ImageHash, crop_of, signs
from features.near_copies import RADIUS

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def cropped(image: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The image cropped by these shares (4,) at its top, bottom, left and right."""
    height, width = image.shape
    top, bottom, left, right = (shares * (height, height, width, width)).round().astype(int)
    return image[top : height - bottom, left : width - right]


def saved(image: np.ndarray, quality: int) -> np.ndarray:
    """The image after JPEG."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def resized(image: np.ndarray, factor: float) -> np.ndarray:
    """The image at another size."""
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def darker(image: np.ndarray) -> np.ndarray:
    """The image with darker middle greys."""
    return (255 * (image / 255) ** 1.4).astype(np.uint8)


CHANGES: dict[str, Change] = {
    "JPEG of quality 40": lambda image, rng: saved(image, 40),
    "a quarter of the size": lambda image, rng: resized(image, 0.25),
    "gamma 1.4": lambda image, rng: darker(image),
    "30 grey levels darker": lambda image, rng: cv2.subtract(image, 30),
    "CLAHE": lambda image, rng: cv2.createCLAHE(2.0, (8, 8)).apply(image),
    "1 % off each edge": lambda image, rng: cropped(image, np.full(4, 0.01)),
    "3 % off each edge": lambda image, rng: cropped(image, np.full(4, 0.03)),
    "5 % off each edge": lambda image, rng: cropped(image, np.full(4, 0.05)),
    "up to 4 % off each edge": lambda image, rng: cropped(image, rng.uniform(0, 0.04, 4)),
    "half the size, gamma 1.4, JPEG 60, up to 2 % off": lambda image, rng: saved(
        resized(darker(cropped(image, rng.uniform(0, 0.02, 4))), 0.5), 60
    ),
}


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Distances (n, m) of hashes, with one image whole and the other at any crop."""
    best = np.ones((len(one), len(other)))
    for crop in range(len(TRIMS)):
        for first, second in ((0, crop), (crop, 0)):
            bits = signs(crop_of(one, first), BITS) @ signs(crop_of(other, second), BITS).T
            best = np.minimum(best, (1 - bits / BITS) / 2)
    return best


def main() -> None:
    """Print the distances of the nearest images and of copies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with images")
    parser.add_argument("--every", type=int, default=6, help="edit every Nth image (default: 6)")
    options = parser.parse_args()
    paths, hashing = loading.load(Reading(data=options.data)).paths, ImageHash()
    hashes = np.concatenate([hashing.transform([image_files.read(path)]) for path in paths])
    others = distances(hashes, hashes)[np.triu_indices(len(hashes), 1)]
    nearest = ", ".join(f"{distance:.3f}" for distance in np.sort(others)[:5])
    print(f"{len(others):,} pairs of {len(hashes):,} images: nearest {nearest}")
    print(f"{'copies':50}{'median':>8}{'largest':>9}{'found':>12}")
    for name, change in CHANGES.items():
        chosen = range(0, len(paths), options.every)
        copies = [
            change(image_files.read(paths[row]), np.random.default_rng(row)) for row in chosen
        ]
        of_copies = np.diag(distances(hashing.transform(copies), hashes[chosen]))
        figures = f"{np.median(of_copies):8.3f}{of_copies.max():9.3f}"
        print(f"{name:50}{figures}{np.sum(of_copies <= RADIUS):6} of {len(of_copies)}")


if __name__ == "__main__":
    main()
