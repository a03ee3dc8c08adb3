"""The first screen of a report: the answer, what was compared, and what weakens the result."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from datasets.patients import unit
from reports import pages
from reports.conclusions import answer
from reports.report_tree import Backbone, Report
from reports.wording import images_of, subject_matter

# Digits of a digest that a reader compares.
SHORT = 12
# Settings of extractors that a reader needs first.
MAIN_SETTINGS = (
    *("n_words", "n_gaussians", "n_components", "bin_sizes", "step", "levels", "position"),
    "image_size",
)
# Libraries that figures depend on most, and their usual names.
MAIN_VERSIONS = {
    **{"hybrid-cxr": "Hybrid CXR", "python": "Python", "tensorflow": "TensorFlow"},
    **{"xgboost": "XGBoost", "opencv": "OpenCV"},
}


def summary(report: Report) -> str:
    """The first screen as HTML."""
    first, *others = map(escape, answer(report))
    more = f'<p class="more">{" ".join(others)}</p>\n' if others else ""
    beside = f'<div class="first">\n{definitions(facts(report))}{_cautions(report)}</div>'
    return f'<p class="answer">{first}</p>\n{more}{beside}'


def definitions(facts: dict[str, Any]) -> str:
    """Names and values as a list of definitions."""
    pairs = (
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>\n" for name, value in facts.items()
    )
    return f"<dl>\n{''.join(pairs)}</dl>\n"


def facts(report: Report) -> dict[str, str]:
    """What was compared, as far as it is known, by its name."""
    found = {
        "Networks": "; ".join(_network(each, report) for each in report.backbones or []),
        "Visual words": "; ".join(_visual_words(report)),
        "Scores": "; ".join(_scores(report)),
        "Data": f"{report.data.source}: {subject_matter(report)}",
        "Task": _task(report),
        "Split": report.split.name,
        "Sets": sets(report),
        "Seeds": _seeds(report),
        "Intervals": f"95 %, from {report.provenance.replicates:,} bootstrap replicates that"
        f" resample {unit(report.data.patients_from)}s",
        "Versions": _versions(report.provenance.versions),
    }
    return {name: value for name, value in found.items() if value}


def _task(report: Report) -> str:
    """Exclusive classes by their names; independent labels are the usual case."""
    return (
        f"exclusive classes: {', '.join(report.classes)}"
        if report.classes
        else "independent labels"
    )


def sets(report: Report) -> str:
    """How many images and patients are in each set of the split."""
    split, data = report.split, report.data
    return "; ".join(
        f"{name} {images_of(n_images, split.patients[name], data.patients_from, data.unit)}"
        for name, n_images in split.images.items()
    )


def _cautions(report: Report) -> str:
    """All cautions in a box; nothing without any."""
    if not report.cautions:
        return ""
    listed = pages.items(report.cautions)
    opening = '<section class="cautions" aria-labelledby="cautions">'
    return f'{opening}\n<h2 id="cautions">Read with caution</h2>\n{listed}</section>\n'


def _network(used: Backbone, report: Report) -> str:
    """`resnet50, weights imagenet, SHA-256 1a2b3c4d5e6f, image_size 224`."""
    weights = Path(used.weights).name or used.weights
    digest = f", SHA-256 {used.digest[:SHORT]}" if used.digest else ""
    return (
        f"{used.name}, weights {weights}{digest}{_settings(_extractors(report).get(used.name, {}))}"
    )


def _visual_words(report: Report) -> Iterator[str]:
    """Extractors that are no networks, with their main settings."""
    networks = {each.name for each in report.backbones or []}
    for name, settings in _extractors(report).items():
        if name not in networks:
            yield name + _settings(settings)


def _settings(settings: dict[str, Any]) -> str:
    """`, n_gaussians 32, image_size 256`: what is set, of the main settings."""
    main = ((name, settings.get(name)) for name in MAIN_SETTINGS)
    return "".join(f", {name}{_value(value)}" for name, value in main if value)


def _value(value: Any) -> str:
    """The value after a blank; nothing for an option that is merely on."""
    values = value if isinstance(value, list) else [value]
    return "" if value is True else f" {' and '.join(map(str, values))}"


def _extractors(report: Report) -> dict[str, dict[str, Any]]:
    return report.provenance.configuration.get("extractors", {})


def _scores(report: Report) -> Iterator[str]:
    """The files of scores that were compared, by their digests."""
    for name, digest in report.files.items():
        kind, _, value = digest.partition(" ")
        yield f"{name} ({kind} {value[:SHORT]})"


def _seeds(report: Report) -> str:
    """The seeds of all trainings, or that of the replicates alone."""
    first = report.provenance.seed
    trained = (one.training for one in report.models.values() if one.training)
    n_seeds = max((len(each.macro_auc_by_seed) for each in trained), default=1)
    return str(first) if n_seeds < 2 else f"{first} to {first + n_seeds - 1}"


def _versions(versions: dict[str, str]) -> str:
    known = {
        MAIN_VERSIONS[name]: version for name, version in versions.items() if name in MAIN_VERSIONS
    }
    return ", ".join(f"{name} {version}" for name, version in known.items())
