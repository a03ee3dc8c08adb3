"""How often intervals of a drop between hospitals hold the truth, and how long they take.

    python benchmarks/travel.py
    python benchmarks/travel.py --speed

Each simulated study has two hospitals with other patients and another prevalence. A patient has one
to three images, whose scores have half of their variance in common. Scores with and without a
finding are normal with known distance, so every true AUC is known, and with it the drop of a model
and the difference between the gains of another model over it. Three times as many studies have the
same distances in both hospitals.

`--speed` times what `compare` adds for one external data set after training, and what may explain a
drop: reading its folder and computing features are not in it.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import pandas as pd
import typer
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.images import Images, Split
from evaluation.bootstrap import ALONE
from evaluation.outcomes import Terms
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.travel import AUCS, GAINS, travelled
from evaluation.truth import Truth
from features.extracted import Extracted
from features.given_features import Given, Source
from models.views import DEEP, WORDS
from pipelines.command_options import Compare
from pipelines.comparing import external_evaluation, site_causes, site_predictions
from pipelines.comparing.candidates import Candidate, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit

NAMES = ("Edema", "Mass", "Nodule")
PATIENTS = {"inside": 250, "outside": 350}
PREVALENCES = {"inside": 0.3, "outside": 0.15}
MOST_IMAGES = 3
# Distances of cnn and of hybrid, in both hospitals.
SHIFT = {"inside": (1.2, 1.5), "outside": (0.9, 0.9)}
NONE = {"inside": (1.2, 1.5), "outside": (1.2, 1.5)}
MODELS = ("cnn", "hybrid")
# A rate of 5 % takes more studies than one of 95 %.
TIMES = 3
N_INSIDE, TRAINING_IMAGES = 4_000, 2_000
# Features of --speed: an embedding and visual words; and the side of its one image in pixels.
WIDTHS = {DEEP: 2048, WORDS: 3200}
SIDE = 1024


def main(
    studies: Annotated[int, typer.Option(help="Studies with a shift, and without one.")] = 100,
    replicates: Annotated[int, typer.Option(help="Number of bootstrap replicates.")] = 1_000,
    speed: Annotated[
        bool, typer.Option(help="Time the evaluation of an external data set.")
    ] = False,
    images: Annotated[int, typer.Option(help="With --speed: external images.")] = 20_000,
    labels: Annotated[int, typer.Option(help="With --speed: labels.")] = 15,
    candidates: Annotated[int, typer.Option(help="With --speed: candidates.")] = 4,
) -> None:
    """Print shares of studies whose intervals hold the truth, or seconds."""
    if speed:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "noise.png"
            noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), np.uint8)
            cv2.imwrite(str(file), noise)
            print_speed(file, images, labels, candidates, replicates)
        return
    shifted = [simulated(seed, SHIFT, replicates) for seed in range(studies)]
    drop, gain = true_values(SHIFT)
    typer.echo(f"known shift: the AUC of cnn drops by {drop:.3f}, the gain by {gain:.3f}")
    held = sum(holds(each["drop"]["cnn"], drop) for each in shifted)
    typer.echo(f"the interval of the drop holds it in {held} of {studies} studies")
    held = sum(holds(each["gain_difference"][0], gain) for each in shifted)
    typer.echo(f"that of the difference of gains in {held} of {studies}")
    same = [simulated(studies + seed, NONE, replicates) for seed in range(TIMES * studies)]
    claimed = sum(each["drop"]["cnn"]["answer"] in AUCS for each in same)
    typer.echo(f"no shift: a drop or rise is claimed in {claimed} of {len(same)} studies")
    claimed = sum(each["gain_difference"][0]["answer"] in GAINS for each in same)
    typer.echo(f"another gain is claimed in {claimed} of {len(same)}")


def true_values(distances: dict[str, tuple[float, float]]) -> tuple[float, float]:
    """The true drop of the AUC of cnn, and the true difference of gains."""
    aucs = {side: norm.cdf(np.array(each) / np.sqrt(2)) for side, each in distances.items()}
    drops = aucs["inside"] - aucs["outside"]
    return float(drops[0]), float(drops[1] - drops[0])


def holds(found: dict[str, list[float]], truth: float) -> bool:
    """Whether an interval holds the truth."""
    low, high = found["ci"]
    return low <= truth <= high


def simulated(
    seed: int, distances: dict[str, tuple[float, float]], n_replicates: int
) -> dict[str, dict]:
    """What is found in one study of two hospitals."""
    rng = np.random.default_rng(seed)
    inside, outside = (hospital(rng, side, distances[side]) for side in PATIENTS)
    by_training = {one.model: one.probabilities[None, None] for one in outside[1]}
    site = SiteScores("B", outside[0], {one.model: one for one in outside[1]}, by_training, {})
    return travelled(
        *inside, site, [("hybrid", "cnn")], Terms(), n_replicates=n_replicates, seed=seed
    )


def hospital(
    rng: np.random.Generator, side: str, distances: tuple[float, float]
) -> tuple[Truth, list[Scores]]:
    """The labels of a hospital's images, and scores of both models with much in common."""
    owners = np.repeat(np.arange(PATIENTS[side]), rng.integers(1, MOST_IMAGES + 1, PATIENTS[side]))
    ids = np.array([f"{side}{row}" for row in range(len(owners))], object)
    shape = (PATIENTS[side], len(NAMES))
    labels = (rng.random(shape) < PREVALENCES[side])[owners].astype(float)
    shared = rng.normal(size=shape)[owners] + rng.normal(size=labels.shape)
    scores = []
    for model, distance in zip(MODELS, distances, strict=True):
        own = rng.normal(size=shape)[owners] + rng.normal(size=labels.shape)
        noise = (np.sqrt(0.7) * shared + np.sqrt(0.3) * own) / np.sqrt(2)
        scores.append(Scores(model, ids, norm.cdf(noise + distance * labels), NAMES))
    return Truth(ids, owners, labels, NAMES), scores


def print_speed(
    file: Path, n_images: int, n_labels: int, n_candidates: int, replicates: int
) -> None:
    """Seconds that an external data set adds to the evaluation of a comparison."""
    run = made_up(file, n_images, n_labels, n_candidates, replicates)
    scores = [run.scores(each) for each in run.candidates]
    truth = run.truth(scores[0].ids)
    started, processor = time.perf_counter(), time.process_time()
    predicted = site_predictions.of_run(run)
    external_evaluation.of_run(run, truth, scores, predicted, ALONE)
    evaluated = time.perf_counter()
    site_causes.of_run(run, predicted)
    typer.echo(
        f"{n_images:,} external images x {n_labels} labels x {n_candidates} candidates,"
        f" {replicates:,} replicates, recalibrated: {evaluated - started:.1f} s, and"
        f" {time.perf_counter() - evaluated:.1f} s for causes of a drop"
        f" (together {time.process_time() - processor:.1f} s of processor time)"
    )


def made_up(
    file: Path, n_images: int, n_labels: int, n_candidates: int, replicates: int
) -> ComparisonRun:
    """A comparison after training, of random probabilities."""
    rng = np.random.default_rng(0)
    inside, outside = (
        random_images(rng, file, name, count, n_labels)
        for name, count in (("A", N_INSIDE), ("B", n_images))
    )
    sets = np.where(np.arange(N_INSIDE) < TRAINING_IMAGES, "train", "test").astype(object)
    stage, there = (
        Extracted(each, {}, None, 0.0, random_features(rng, each))  # type: ignore[arg-type]
        for each in (random_split(inside, sets), outside)
    )
    names = [f"model{number}" for number in range(n_candidates)]
    everyone = [
        Candidate(name, name, None, None, (), ())  # type: ignore[arg-type]
        for name in names
    ]
    tested = inside.ids[TRAINING_IMAGES:], inside.labels[TRAINING_IMAGES:]
    fits = {
        each.name: [[random_fit(rng, *tested, outside.labels)]]
        for each in (*everyone, metadata_only())
    }
    options = Compare(external=["B=B"], baseline=names[0], replicates=replicates, recalibrate=100)
    return ComparisonRun(
        everyone, metadata_only(), fits, [stage], options, [Site("B", outside, {}, [there])]
    )


def random_images(
    rng: np.random.Generator, file: Path, name: str, count: int, n_labels: int
) -> Images:
    """Images of patients with two each on average, with rare labels; all have the same file."""
    ids = np.array([f"{name}{row}" for row in range(count)], object)
    labels = (rng.random((count, n_labels)) < rng.uniform(0.02, 0.2, n_labels)).astype(np.float32)
    patients = np.array([f"{name}{each}" for each in rng.integers(count // 2, size=count)], object)
    return Images(
        source=name,
        format="none",
        ids=ids,
        paths=np.full(count, str(file), object),
        patients=patients,
        labels=labels,
        label_names=tuple(f"label{number}" for number in range(n_labels)),
        meta=pd.DataFrame(
            {
                "age": rng.integers(20, 90, count).astype(float),
                "sex": rng.choice(["F", "M"], count),
                "view": rng.choice(["AP", "PA"], count),
            }
        ),
    )


def random_features(rng: np.random.Generator, images: Images) -> dict[str, Given]:
    """A block of each kind, of standard normal numbers."""
    return {
        kind: Given(
            Source(kind, kind, Path(kind)),
            None,  # type: ignore[arg-type]
            images.ids,
            rng.standard_normal((len(images), width), np.float32),
        )
        for kind, width in WIDTHS.items()
    }


def random_split(images: Images, sets: np.ndarray) -> Images:
    """The images with these sets of a split."""
    return replace(images, split=Split("random", sets))


def random_fit(
    rng: np.random.Generator, ids: np.ndarray, inside: np.ndarray, outside: np.ndarray
) -> Fit:
    """Probabilities of the test images and of the external ones."""
    here, there = (
        norm.cdf(rng.normal(size=each.shape) + each).astype(np.float32)
        for each in (inside, outside)
    )
    return Fit(ids, here, np.full(inside.shape[1], 0.5), 1.0, {}, elsewhere={"B": there})


if __name__ == "__main__":
    typer.run(main)
