"""`localize --lungs`: does a bundle look at the lungs, or at something else?"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import storage
from datasets import sources
from datasets.images import TEST, Images
from datasets.lung_regions import lungs_of
from datasets.options import command_of
from errors import InvalidOption
from evaluation.lung_shares import flagged
from evaluation.truth import Truth
from inference import images_to_evaluate, known_metadata, lung_study
from inference.bundle_options import Localize
from inference.changed_features import bundle_features
from inference.lung_study import LUNGS, MACRO, LungStudy
from inference.predictor import Predictor
from pipelines import Result
from progress import say, step
from reports import shortcut_text
from reports.plots import occlusion_plot
from reports.plots.plotting import Paper, write

NAME = "shortcuts"


def run(options: Localize, predictor: Predictor, lungs: Path) -> Result:
    """Attribution in the lungs, occlusions and probes, as text and JSON; tables are in `--out`."""
    if options.sanity:
        raise InvalidOption(
            "--sanity checks heatmaps of findings that have boxes, so it cannot go with --lungs;"
            " got both. Leave one of them out."
        )
    paper = Paper.of(options)
    everyone = sources.images_for(options, predictor.bundle.labels)
    say(sources.headline(everyone))
    images = images_to_evaluate.images_in(everyone, options.part, "localize --lungs")
    if predictor.takes_metadata:
        images = known_metadata.known(images)
    step("looking for text in images")
    looked = lung_study.looked_at(images, sources.cores(options.jobs))
    boxes = lungs_of(lungs, images, looked.shapes)
    images = images.select(np.isin(images.ids, [*boxes]))
    # Several BLAS threads make small products many times slower.
    with threadpool_limits(1, "blas"):
        features = bundle_features({predictor.bundle.name: predictor}, images, options)
        truth = _truth(features.images, predictor)
        drawn = options.replicates, options.seed
        study = LungStudy(predictor, features, truth, boxes, looked.text, *drawn)
        occlusions = study.occlusions()
        values = _provenance(features.images, predictor, options) | {
            "notes": images_to_evaluate.notes(everyone, predictor.bundle, options.part == TEST),
            "attribution": study.attribution(options.layer),
            "occlusions": occlusions,
            "flagged": flagged(
                {name: each for name, each in occlusions.items() if name != MACRO}, LUNGS
            ),
            "films_with_text": sum(len(looked.text[image]) > 0 for image in features.images.ids),
            "probes": study.probes(),
        }
    _write(values, sources.folder(options.out))
    write(occlusion_plot.aucs(values, paper.width), options.out, NAME, paper)
    sources.write_skipped(features.images, options.out)
    lines = [*shortcut_text.lines(values), f"wrote {options.out}"]
    return Result(lines, values, len(features.images.skipped))


def _truth(images: Images, predictor: Predictor) -> Truth:
    """The labels that bundle and images have in common, of those that vary."""
    labels = images.labels
    varies = (labels == 1).any(axis=0) & (labels == 0).any(axis=0)
    known = [name in predictor.bundle.labels for name in images.label_names]
    columns = np.flatnonzero(varies & known)
    if not len(columns):
        raise InvalidOption(
            "localize --lungs needs a label of the bundle that some images have and others lack;"
            f" {images.source} has none among {len(images):,} images with lungs. Name images with"
            " labels by --data, or pass --part all."
        )
    names = tuple(images.label_names[column] for column in columns)
    return Truth(images.ids, images.patients, labels[:, columns], names)


def _provenance(images: Images, predictor: Predictor, options: Localize) -> dict[str, Any]:
    """The data, the bundle, and the command that repeats the evaluation."""
    return {
        "command": command_of("localize", options),
        "synthetic": images.synthetic,
        "data": images.source,
        "split": images.split_name,
        "part": options.part,
        "films": len(images),
        "patients": len(set(images.patients)),
        "bundle": str(options.bundle),
        "classifier": predictor.bundle.name,
    }


def _write(values: dict[str, Any], out: Path) -> None:
    storage.write_text(out / f"{NAME}.json", json.dumps(values, indent=1))
    rows = [
        (finding, f"{method}, positive attribution in the lungs", *_cells(estimate))
        for finding, row in values["attribution"].items()
        for method, estimate in row.items()
    ]
    rows += [
        (finding, f"{figure}, {occlusion}", *_cells(estimate))
        for finding, row in values["occlusions"].items()
        for occlusion, figures in row.items()
        for figure, estimate in figures.items()
    ]
    columns = ["finding", "figure", "value", "low", "high"]
    storage.write_table(out / f"{NAME}.csv", pd.DataFrame(rows, columns=columns))


def _cells(estimate: dict[str, Any]) -> tuple[Any, ...]:
    return (estimate["value"], *(estimate["ci"] or (None, None)))
