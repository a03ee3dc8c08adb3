"""Whether `localize --lungs` flags a shortcut planted in synthetic images, and no other.

    python benchmarks/shortcuts.py --place FOLDER

A small bright square is planted in a corner of synthetic images: in one copy of the images nearly
all positives of a finding have it, in the other it is there by chance. A model is trained on each,
and the AUC of the finding is measured with the lungs blanked.
"""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.synthetic import cohort
from inference.bundle_options import Localize
from pipelines import localize, train
from pipelines.command_options import Train

SIZE = 256
# Chances of the marker in images with and without the finding.
MARKED = {"planted": (0.95, 0.05), "random": (0.5, 0.5)}
MARKER = slice(6, 22), slice(6, 22)
# Where the lungs of synthetic images are, whose poses hardly differ: x, y, width, height.
LUNGS = ((0.10, 0.10, 0.37, 0.62), (0.53, 0.10, 0.37, 0.62))


def main(
    place: Annotated[Path, typer.Option(help="Folder for images, features and bundles.")],
    finding: Annotated[
        str, typer.Option(help="The finding that the marker predicts.")
    ] = "Effusion",
    extractors: Annotated[str, typer.Option(help="Features of the model.")] = "hog",
    images: Annotated[int, typer.Option(help="Number of synthetic images.")] = 600,
    replicates: Annotated[int, typer.Option(help="Bootstrap replicates.")] = 1000,
) -> None:
    """Compare a planted marker with a random one."""
    plain = place / f"plain-{images}"
    cohort.draw(plain, images=images, size=SIZE, seed=21)
    print("| marker | AUC | the lungs blanked | flagged |\n|---|---|---|---|")
    for name, chances in MARKED.items():
        data = marked(plain, place / name, finding, chances)
        values = looked_at(data, place, extractors, replicates)
        row, flagged = values["occlusions"][finding], finding in values["flagged"]
        cells = (estimate(row[each]["auc"]) for each in ("whole", "lungs"))
        print(f"| {name} | {' | '.join(cells)} | {'yes' if flagged else 'no'} |")


def marked(plain: Path, data: Path, finding: str, chances: tuple[float, float]) -> Path:
    """A copy of the images with the marker, and a table with the lungs of each."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(plain, data)
    rng = np.random.default_rng(0)
    table = pd.read_csv(data / "Data_Entry_2017_v2020.csv", index_col=False)
    names, findings = table["Image Index"], table["Finding Labels"].str.split("|")
    for name, own in zip(names, findings, strict=True):
        if rng.random() < chances[finding not in own]:
            path = data / "images" / name
            pixels = np.array(Image.open(path))
            pixels[MARKER] = 255
            Image.fromarray(pixels).save(path)
    rows = [(name, *(SIZE * side for side in box)) for name in names for box in LUNGS]
    pd.DataFrame(rows, columns=["image", *"xywh"]).to_csv(data / "lungs.csv", index=False)
    return data


def looked_at(data: Path, place: Path, extractors: str, replicates: int) -> dict:
    """The figures of `localize --lungs` for a model trained on these images."""
    shared = {"data": data, "cache": place / "cache"}
    bundle = place / f"{data.name}-bundle"
    settings = "logistic.views=words"
    train.run(
        Train(**shared, classifier="logistic", extractors=extractors, set=settings, out=bundle)
    )
    options = Localize(
        **shared,
        bundle=bundle,
        lungs=data / "lungs.csv",
        replicates=replicates,
        out=place / f"{data.name}-lungs",
    )
    return localize.run(options).values


def estimate(figure: dict) -> str:
    """A figure with its interval."""
    interval = "no interval" if not figure["ci"] else "{:.3f}, {:.3f}".format(*figure["ci"])
    return f"{figure['value']:.3f} [{interval}]"


if __name__ == "__main__":
    typer.run(main)
