"""Whether heatmaps find drawn findings better than a guess by where such findings usually are.

    python benchmarks/localize.py --weights FILE.keras --place FOLDER

Draws films, trains a network on them end to end and, on frozen vectors, a network beside Fisher
vectors, and scores Grad-CAM of the one and heatmaps of both parts of the other.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.synthetic import cohort
from inference.bundle_options import Localize
from pipelines import localize, train
from pipelines.command_options import Train

# The whole network learns as fast as its head: the films are many, and like no photograph.
EVERYTHING = (
    "finetuned.epochs=12 finetuned.learning_rate=0.001"
    " finetuned.backbone_rate=1.0 finetuned.stage_decay=1.0"
)


def main(
    weights: Annotated[str, typer.Option(help="A headless .keras model to begin with.")],
    place: Annotated[Path, typer.Option(help="Folder for films, vectors and bundles.")],
    images: Annotated[int, typer.Option(help="Films to draw.")] = 3000,
    seed: Annotated[int, typer.Option(help="Seed of the drawing.")] = 11,
) -> None:
    """Print both tables."""
    data = place / f"drawn-{images}-{seed}"
    if not data.is_dir():
        cohort.draw(data, images=images, size=256, seed=seed)
    places = {"data": data, "cache": place / "cache"}
    for name, settings in {"finetuned": EVERYTHING, "dual_input": ""}.items():
        bundle = place / name
        training = Train(**places, classifier=name, weights=weights, set=settings, out=bundle)
        print(train.run(training).text)
        scoring = Localize(**places, bundle=bundle, out=place / f"{name}-boxes")
        print(localize.run(scoring).text)


if __name__ == "__main__":
    typer.run(main)
