"""`predict`: what a bundle says of films, as tables and JSON lines."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from clusters import opening, prediction
from datasets import sources
from datasets.images import Films, Skipped
from features.extraction_plan import Crew
from inference.bundle_options import Predict
from inference.images_to_predict import films_asked
from inference.predictions import Finding, Prediction, check_augmentations, stream
from inference.predictor import Predictor
from pipelines.results import Result
from progress import say, track
from reports import findings_files
from reports.findings_files import told
from reports.wording import number

SHOWN = 20
FILES = {"csv": "findings.csv", "jsonl": "findings.jsonl", "scores": "scores.csv"}


def run(options: Predict) -> Result:
    """The first films' findings as text and JSON; those of all films are in the files."""
    check_augmentations(options.tta)
    predictor = Predictor(options.bundle, options.weights)
    films = predictor.known(films_asked(options, predictor.bundle.labels))
    say(sources.headline(films))
    started = time.monotonic()
    with opening.opened(options.cluster) as crew:
        shown, skipped = _write(predictor, films, options, crew)
    seconds = time.monotonic() - started
    values = {
        "bundle": str(options.bundle),
        "source": films.source,
        "synthetic": films.synthetic,
        "films": len(films) - len(skipped),
        "seconds": seconds,
        "shown": [told(film) for film in shown],
        "skipped": dict(skipped),
        "files": {name: str(path) for name, path in paths_of(options).items()},
    }
    return Result([*_lines(films, shown, values)], values, len(skipped))


def paths_of(options: Predict) -> dict[str, Path]:
    """Where each file goes."""
    return {name: getattr(options, name) or options.out / file for name, file in FILES.items()}


def _write(
    predictor: Predictor, films: Films, options: Predict, crew: Crew | None
) -> tuple[list[Prediction], list[Skipped]]:
    """The first predictions, and the films that could not be read, all written."""
    shown: list[Prediction] = []
    skipped: list[Skipped] = []
    if crew:
        streamed = prediction.streamed(films, options, crew)
    else:
        streamed = stream(predictor, films, options.tta, sources.cores(options.jobs))
    paths = list(paths_of(options).values())
    with findings_files.opened(paths, predictor.bundle.labels) as written:
        for film in track(streamed, "predicting", len(films)):
            if film.skipped:
                skipped.append(Skipped(film.id, film.skipped))
                continue
            written.write(film)
            shown += [film] * (len(shown) < SHOWN)
    sources.write_skipped(replace(films, skipped=tuple(skipped)), options.out)
    return shown, skipped


def _lines(films: Films, shown: list[Prediction], values: dict[str, Any]) -> Iterator[str]:
    yield sources.headline(films)
    yield from map(line, shown)
    if values["films"] > len(shown):
        yield f"… and {values['films'] - len(shown):,} more"
    for film, reason in values["skipped"].items():
        yield f"skipped {film}: {reason}"
    rate = values["films"] / values["seconds"]
    films_read = sources.counted(values["films"], "film")
    yield f"{films_read} in {values['seconds']:.1f} s, {rate:,.1f} films/s"
    yield from (f"wrote {path}" for path in values["files"].values())


def line(film: Prediction) -> str:
    """An image's findings called present, each with its probability, and its warnings."""
    present = [each for each in film.findings if each.present]
    called = ", ".join(f"{each.label} {_figure(each)}" for each in present)
    wary = f" ({'; '.join(film.warnings)})" if film.warnings else ""
    decided = any(each.present is not None for each in film.findings)
    nothing = "nothing called present" if decided else "nothing decided"
    return f"  {film.id}: {called or nothing}{wary}"


def _figure(finding: Finding) -> str:
    spread = "" if finding.spread is None else f" ± {number(finding.spread, 2)}"
    return number(finding.probability, 2) + spread
