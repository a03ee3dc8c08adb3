"""The model card that `train` puts into a bundle: what it is, learned from, reaches, is not for."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from string import Template
from typing import Any, Protocol

import storage
from datasets.images import CERTAIN, NOBODY_KNOWN, Images
from datasets.options import command_of
from datasets.patients import unit
from datasets.summary import summarise
from models.bundle import Bundle
from models.bundle_manifest import CONTENTS
from reports import markdown
from reports.markdown import code
from reports.wording import images_of, no_skill, number, threshold, with_interval


class Learned(Protocol):
    """What a card names of the options of a training."""

    @property
    def out(self) -> Path: ...  # noqa: D102
    @property
    def metadata(self) -> bool: ...  # noqa: D102
    @property
    def thresholds(self) -> str: ...  # noqa: D102
    @property
    def recall(self) -> float: ...  # noqa: D102


TEMPLATE = Path(__file__).with_name("model_card.md")
CARD = "card.md"
SYNTHETIC = "It learned from synthetic films, drawn by this program: it knows nothing of patients."
REAL = "It learned from films whose labels may be wrong, and was tested on others like them."


def write(made: Bundle, images: Images, values: dict[str, Any], options: Learned) -> Path:
    """`card.md` in the bundle's folder; `values` are what `train` found."""
    told = json.loads((options.out / CONTENTS).read_text(encoding="utf-8"))
    path = options.out / CARD
    storage.write_text(path, text(made, images, values | told, options))
    return path


def text(made: Bundle, images: Images, values: dict[str, Any], options: Learned) -> str:
    """The card; `values` are what `train` found and bundle.json tells."""
    summary = summarise(images)
    figures = values["models"][made.name]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        classifier=markdown.text(made.name),
        coded_classifier=code(made.name),
        data=markdown.text(images.source),
        answer=SYNTHETIC if images.synthetic else REAL,
        options=code(" ".join(f"{name}={value}" for name, value in values["options"].items())),
        views="\n".join(_views(values["views"], made.classifier.weightless)),
        versions=markdown.text(_versions(values["versions"])),
        people=markdown.text("; ".join(_people(summary["meta"]))) or "not known",
        metadata=" The classifier is shown them." if options.metadata else "",
        rule=options.thresholds + (f" {options.recall}" if options.thresholds == "recall" else ""),
        **{part: _counted(part, summary) for part in ("train", "validation", "test")},
        split=markdown.text(images.split_name),
        unit=unit(images.patients_from),
        apart=_apart(images.patients_from),
        notes=_items(images.notes),
        few=_items(note for note in values["notes"] if note not in images.notes),
        counted=f"{figures['labels_in_macro']} of {len(images.label_names)} labels",
        macro=with_interval(figures["macro_auc"], figures["macro_auc_ci"]),
        micro=with_interval(figures["micro_auc"], figures["micro_auc_ci"]),
        no_skill=no_skill(values["floors"]),
        floor=number(values["floors"]["micro_no_skill"]),
        ece=number(figures["calibration"]["ece"]),
        brier=number(figures["calibration"]["brier"]),
        labels="\n".join(_labels(figures["labels"], summary["positives"]["train"])),
        command=code(command_of("train", options)),
    )


def _items(notes: Iterable[str]) -> str:
    return "\n".join(f"- {markdown.text(note)}" for note in notes)


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _views(views: dict[str, Any], weightless: Collection[str]) -> Iterable[str]:
    for name, view in views.items():
        weights = view["recipe"]["content"].get("weights")
        told = f", weights {markdown.text(str(weights))}" if weights else ""
        told += ", with weight 0" * (view["kind"] in weightless)
        yield f"  - {code(name)} ({view['kind']}){told}"


def _people(meta: dict[str, Any]) -> Iterable[str]:
    """Age, sex and view of those films whose label table tells them."""
    if meta["age_quartiles"]:
        least, _, median, _, greatest = meta["age_quartiles"]
        yield f"age {least:.0f} to {greatest:.0f}, median {median:.0f}"
    for name in ("sex", "view"):
        known = {value: count for value, count in meta[name].items() if value}
        if known:
            yield f"{name} " + ", ".join(f"{value} {count:,}" for value, count in known.items())


def _counted(part: str, summary: dict[str, Any]) -> str:
    split = summary["split"]
    return images_of(split["films"][part], split["patients"][part], summary)


def _apart(patients_from: str) -> str:
    """Whether patients of test films were learned from, as far as anybody knows."""
    if patients_from == NOBODY_KNOWN:
        return f"Whether a patient of theirs was learned from is not known ({NOBODY_KNOWN})."
    limits = "" if patients_from in CERTAIN else ", as far as known"
    told = markdown.text(patients_from)
    return f"No patient of theirs was learned from{limits} (patients: {told})."


def _labels(labels: dict[str, Any], training: dict[str, int]) -> Iterable[str]:
    """A row of the table for each label."""
    for name, told in labels.items():
        cells = [markdown.text(name), f"{training[name]:,}", f"{told['positives']:,}"]
        cells.append(with_interval(told["auc"], told["auc_ci"]))
        cells += [number(told["average_precision"]), threshold(told)]
        cells += [number(told[key]) for key in ("recall", "precision")]
        yield f"| {' | '.join(cells)} |"
