"""`predict`: findings of images, as tables and JSON lines."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

import storage
from clusters import opening, prediction
from datasets import sources
from datasets.images import Images, Skipped
from errors import InvalidOption
from evaluation.conformal import ANSWERS, CANNOT_SAY
from evaluation.conformal_coverage import beyond, shifted
from features.extraction_plan import Crew
from inference.answered_images import AnsweredImages
from inference.bundle_options import Predict
from inference.cached_features import CachedFeatures
from inference.drift_watch import FACTS, NO_REFERENCE, UNLIKE, Drift, Watch
from inference.images_to_predict import images_asked
from inference.predictions import Finding, Prediction, stream
from inference.predictor import Predictor
from models.test_time_augmentation import check_augmentations
from pipelines import Result
from pipelines.recorded import recorded
from progress import say, step, track, warn
from reports import findings_files
from reports.findings_files import values_of
from reports.wording import number

SHOWN = 20
FILES = {"csv": "findings.csv", "jsonl": "findings.jsonl", "scores": "scores.csv"}


@recorded("predict")
def run(options: Predict) -> Result:
    """The findings of the first images as text and JSON; files hold those of all images."""
    check_augmentations(options.tta)
    step("loading the bundle")
    chosen = options.embeddings, options.missing
    predictor = Predictor(options.bundle, options.weights, *chosen, options.abstain)
    if options.cluster and predictor.from_files:
        raise InvalidOption(
            "--cluster cannot send embeddings from files to workers, and this bundle takes"
            f" {' and '.join(predictor.from_files)}. Leave --cluster out."
        )
    images = predictor.known(images_asked(options, predictor.bundle.labels))
    say(sources.headline(images))
    started = time.monotonic()
    with opening.opened(options.cluster) as crew:
        shown, skipped, answered, watch = _write(predictor, images, options, crew)
    seconds = time.monotonic() - started
    drift = watch.drift() if watch else None
    values: dict[str, Any] = {
        "bundle": str(options.bundle),
        "source": images.source,
        "synthetic": images.synthetic,
        "films": len(images) - len(skipped) + len(images.skipped),
        "seconds": seconds,
        "shown": [values_of(image) for image in shown],
        "skipped": dict(skipped),
        "files": {name: str(path) for name, path in paths_of(options).items()},
        "drift": drift.facts if drift else None,
    }
    if options.abstain:
        values["abstention"] = answered.figures(images)
        for sentence in beyond(options.abstain, shifted(values["abstention"])):
            warn(sentence)
    _compare(drift, options.out)
    return Result([*_lines(images, shown, values)], values, len(skipped))


def paths_of(options: Predict) -> dict[str, Path]:
    """The path of each output file."""
    return {name: getattr(options, name) or options.out / file for name, file in FILES.items()}


def _write(
    predictor: Predictor, images: Images, options: Predict, crew: Crew | None
) -> tuple[list[Prediction], list[Skipped], AnsweredImages, Watch | None]:
    """Write all predictions; gives the first ones, unreadable images, answers, and what drifts."""
    shown: list[Prediction] = []
    answered = AnsweredImages(predictor.bundle, options.abstain)
    reference = predictor.bundle.reference
    watch = Watch(reference) if reference else None
    skipped = [*images.skipped]
    if crew:
        streamed = prediction.streamed(images, options, crew)
    else:
        jobs, cached = sources.cores(options.jobs), CachedFeatures(predictor, images, options.cache)
        streamed = stream(predictor, images, options.tta, jobs, cached)
    paths = list(paths_of(options).values())
    with findings_files.opened(paths, predictor.bundle.labels, bool(options.abstain)) as written:
        for image in track(streamed, "predicting", len(images)):
            if image.skipped:
                skipped.append(Skipped(image.id, image.skipped))
                continue
            written.write(image)
            if options.abstain:
                answered.add(image)
            if watch:
                watch.add(image.observed)
            shown += [image] * (len(shown) < SHOWN)
    sources.write_skipped(replace(images, skipped=tuple(skipped)), options.out)
    return shown, skipped, answered, watch


def _compare(drift: Drift | None, out: Path) -> None:
    """Warn of differences between the images and the training images; write all of them."""
    quantities = drift.quantities if drift else {}
    rows = [[name, *each.facts.values()] for name, each in quantities.items()]
    storage.write_table(out / "drift.csv", pd.DataFrame(rows, columns=["quantity", *FACTS]))
    for sentence in drift.sentences if drift else [NO_REFERENCE]:
        warn(sentence)


def _lines(images: Images, shown: list[Prediction], values: dict[str, Any]) -> Iterator[str]:
    yield sources.headline(images)
    yield from map(line, shown)
    if values["films"] > len(shown):
        yield f"… and {values['films'] - len(shown):,} more"
    for image, reason in values["skipped"].items():
        yield f"skipped {image}: {reason}"
    if given := values.get("abstention"):
        yield (
            f"answers for {given['answered']:,} of {given['pairs']:,} pairs of image and label, for"
            f" the others: {CANNOT_SAY}"
        )
    if (drift := values["drift"]) and drift["unlike"]:
        yield f"{UNLIKE}: {drift['unlike']:,} of {sources.counted(drift['images'], 'image')}"
    rate = values["films"] / values["seconds"]
    images_read = sources.counted(values["films"], "image")
    yield f"{images_read} in {values['seconds']:.1f} s, {rate:,.1f} images/s"
    yield from (f"wrote {path}" for path in values["files"].values())


def line(image: Prediction) -> str:
    """An image's findings that are present, with probabilities, or its class, and its warnings.

    Of a bundle that abstains, they are those with the answer present.
    """
    if any(each.answer for each in image.findings):
        return _answered(image)
    present = [each for each in image.findings if each.present]
    findings = ", ".join(f"{each.label} {_figure(each)}" for each in present)
    warnings = f" ({'; '.join(image.warnings)})" if image.warnings else ""
    decided = any(each.present is not None for each in image.findings)
    nothing = image.predicted or ("no finding present" if decided else "nothing decided")
    return f"  {image.id}: {findings or nothing}{warnings}"


def _answered(image: Prediction) -> str:
    present = [each for each in image.findings if each.answer == ANSWERS[1]]
    findings = ", ".join(f"{each.label} {_figure(each)}" for each in present)
    unsure = sum(each.answer == CANNOT_SAY for each in image.findings)
    warnings = f" ({'; '.join(image.warnings)})" if image.warnings else ""
    return (
        f"  {image.id}: {findings or 'no finding called present'}; {CANNOT_SAY} for {unsure} of"
        f" {len(image.findings)} labels{warnings}"
    )


def _figure(finding: Finding) -> str:
    spread = "" if finding.spread is None else f" ± {number(finding.spread, 2)}"
    return number(finding.probability, 2) + spread
