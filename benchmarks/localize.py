"""Hit rates of heatmaps on synthetic images, compared with the location prior.

    python benchmarks/localize.py --weights FILE.keras --place FOLDER

It makes synthetic images, trains `finetuned` on them end to end and `dual_input` on features, and
scores Grad-CAM of the former and the heatmaps of both branches of the latter.
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

# All layers use the learning rate of the head: there are many images, and none is a photograph.
EVERYTHING = (
    "finetuned.epochs=12 finetuned.learning_rate=0.001"
    " finetuned.backbone_rate=1.0 finetuned.stage_decay=1.0"
)


def main(
    weights: Annotated[str, typer.Option(help="A headless .keras model to start from.")],
    place: Annotated[Path, typer.Option(help="Folder for images, features and bundles.")],
    images: Annotated[int, typer.Option(help="Number of synthetic images.")] = 3000,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic images.")] = 11,
) -> None:
    """Compare the hit rates of heatmaps with those of the location prior."""
    data = place / f"synthetic-{images}-{seed}"
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
