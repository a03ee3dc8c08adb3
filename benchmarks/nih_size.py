"""A data set in NIH's layout of any size: a label table, a split, and images with a planted signal.

    python benchmarks/nih_size.py FOLDER --images 1000
    python benchmarks/nih_size.py FOLDER --images 112120 --cache CACHE

The images are noise of 64 pixels; patients have several of them, and findings are as rare as in
NIH. With --cache, random features with the same signal go straight into that cache, as if `extract
--extractors resnet50,dense_sift_fisher --weights random` had computed them.
"""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import cv2
import numpy as np
import pandas as pd
import typer

# This folder also has an xgboost.py, which would hide the library.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import storage
from datasets import image_files, sources
from datasets.readers.nih import LABELS
from features import extraction_loop
from features.branch import Branch
from features.digests import Digests
from features.recipe import digest, recipe_of
from features.store import FeatureStore
from pipelines import chosen_extractors
from pipelines.command_options import Extract
from progress import track

WIDTHS = {"resnet50": 2048, "dense_sift_fisher": 3200}
# As in NIH: images of a patient, and the share of images in the official test list.
IMAGES_A_PATIENT, TESTED = 3.64, 25_596 / 112_120
SIDE, N_FACTORS, AT_ONCE = 64, 40, 512


def main(
    folder: Annotated[Path, typer.Argument(help="Folder for the data set.")],
    images: Annotated[int, typer.Option(help="Number of images.")] = 112_120,
    cache: Annotated[Path | None, typer.Option(help="Cache for random features.")] = None,
) -> None:
    """Make a data set in NIH's layout, of noise with a planted signal."""
    factors = made_up(folder, images)
    if cache:
        store(folder, cache, factors)


def made_up(folder, n_images):
    """A data set in NIH's layout; returns the hidden factors (n, f) of its images."""
    rng = np.random.default_rng(0)
    sizes = rng.geometric(1 / IMAGES_A_PATIENT, n_images)
    patients = np.repeat(np.arange(n_images), sizes)[:n_images]
    factors = rng.standard_normal((n_images, N_FACTORS), np.float32)
    # Images of one patient are alike.
    factors += rng.standard_normal((n_images, N_FACTORS), np.float32)[patients]
    names = [f"{patient + 1:08d}_{row:06d}.png" for row, patient in enumerate(patients)]
    n_labels = len(LABELS) - 1
    effects = rng.standard_normal((N_FACTORS, n_labels)) / 2
    chances = factors @ effects + 6 * rng.logistic(size=(n_images, n_labels))
    prevalences = np.geomspace(0.002, 0.18, n_labels)
    cuts = np.quantile(chances, 1 - prevalences, axis=0).diagonal()
    found = [np.array(LABELS[:-1])[row] for row in chances > cuts]
    table = {
        "Image Index": names,
        "Finding Labels": ["|".join(row) or LABELS[-1] for row in found],
        "Patient ID": patients + 1,
        "Patient Age": rng.integers(1, 95, n_images),
        "Patient Gender": rng.choice(["F", "M"], n_images),
        "View Position": rng.choice(["AP", "PA"], n_images),
    }
    (folder / "images").mkdir(parents=True)
    pd.DataFrame(table).to_csv(folder / "Data_Entry_2017_v2020.csv", index=False)
    write_lists(folder, np.array(names), patients, sizes, rng)
    planes = planted(factors, SIDE**2, rng)
    for name, values in track(zip(names, planes, strict=True), "writing images", n_images):
        plane = np.clip(128 + 16 * values, 0, 255).astype(np.uint8).reshape(SIDE, SIDE)
        cv2.imwrite(str(folder / "images" / name), plane)
    return factors


def write_lists(folder, names, patients, sizes, rng):
    """Lists of a split by patient; as in NIH, patients with many images are tested more often."""
    order = np.argsort(-(rng.random(len(sizes)) ** (1 / sizes)))
    images = np.bincount(patients, minlength=len(sizes))[order]
    tested = order[np.cumsum(images) <= TESTED * len(names)]
    test = np.isin(patients, tested)
    (folder / "test_list.txt").write_text("\n".join(names[test]))
    (folder / "train_val_list.txt").write_text("\n".join(names[~test]))


def planted(factors, width, rng):
    """Noise of so many numbers for each image, with the signal of its factors."""
    patterns = rng.standard_normal((N_FACTORS, width), np.float32) / N_FACTORS**0.5
    for first in range(0, len(factors), AT_ONCE):
        signal = factors[first : first + AT_ONCE] @ patterns
        yield from signal + 2 * rng.standard_normal(signal.shape, np.float32)


def store(folder, cache, factors):
    """Features with the signal of the factors, cached as if `extract` had computed them."""
    options = Extract(data=folder, cache=cache, weights="random", extractors=",".join(WIDTHS))
    images, rng = sources.images_of(options), np.random.default_rng(1)
    digests = Digests(sources.cache_folder(cache))
    made = chosen_extractors.build(options, allow_random=True)
    for name, extractor in made.items():
        recipe = recipe_of(
            name, extractor, images.ids[images.train], image_files.decoders(images.paths)
        )
        branch = Branch(extractor, FeatureStore(cache, recipe))
        extraction_loop.learn(branch, images, sources.cores(0))
        # What is stored was computed already.
        branch.extractor = SimpleNamespace()
        values = zip(images.ids, images.paths, planted(factors, WIDTHS[name], rng), strict=True)
        for image, path, row in track(values, f"storing {name}", len(images)):
            known = digests.of(path) or digest(Path(path).read_bytes())
            digests.remember(path, storage.state_of(path), known)
            branch.accept(image, known, row)
        branch.finish()
    digests.save()


if __name__ == "__main__":
    typer.run(main)
