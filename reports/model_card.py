"""The model card that `train` puts into a bundle: description, data, figures, limits."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import storage
from datasets.images import CERTAIN, NOBODY_KNOWN, Images
from datasets.patients import unit
from datasets.summary import summarise
from escapes import visible
from features.recipe import FROM_FILE, is_of_file
from models.bundle import Bundle
from models.bundle_manifest import CONTENTS
from reports.abstention_tables import rows, sentence
from reports.class_html import first_figures
from reports.report_figures import Evaluated, LabelFigures, ModelFigures
from reports.wording import images_of, number, prevalence_only, threshold, with_interval

TEMPLATE = Path(__file__).with_name("model_card.md")
CARD = "card.md"
SYNTHETIC = (
    "It was trained on synthetic images made by this program: it has learned nothing about"
    " patients."
)
REAL = (
    "It was trained on images whose labels may be wrong, and tested on other images of the same"
    " data set."
)
# Underscores inside a word, as in names of extractors, mean nothing; a colon of an address would
# make a link. At the start also what opens a heading, a list or a quotation.
SPECIAL = re.compile(
    r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.|#$|^[-+#=]", re.IGNORECASE
)
NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


@dataclass(frozen=True)
class Trained:
    """Further facts of a training for its card: notes, figures, options and command."""

    notes: list[str]
    evaluated: Evaluated
    metadata: bool
    rule: str
    command: str


def write(made: Bundle, images: Images, trained: Trained, folder: Path) -> Path:
    """`card.md` in the bundle's folder."""
    manifest = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    path = folder / CARD
    storage.write_text(path, text(made, images, trained, manifest))
    return path


def text(made: Bundle, images: Images, trained: Trained, manifest: dict[str, Any]) -> str:
    """The card of a bundle whose bundle.json holds the manifest."""
    summary = summarise(images)
    baselines = trained.evaluated.reference_baselines
    figures = trained.evaluated.models[made.name]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        classifier=escaped(made.name),
        coded_classifier=code(made.name),
        data=escaped(images.source),
        answer=SYNTHETIC if images.synthetic else REAL,
        options=code(" ".join(f"{name}={value}" for name, value in manifest["options"].items())),
        views="\n".join(_views(manifest["views"], made.classifier.weightless)),
        versions=escaped(_versions(manifest["versions"])),
        people=escaped("; ".join(_people(summary["meta"]))) or "not known",
        metadata=" The classifier sees them." if trained.metadata else "",
        rule=trained.rule,
        **{name: _counted(name, summary) for name in ("train", "validation", "test")},
        split=escaped(images.split_name),
        unit=unit(images.patients_from),
        apart=patients_apart(images.patients_from),
        notes=_items(images.notes),
        few=_items(note for note in trained.notes if note not in images.notes),
        counted=f"{figures.labels_in_macro} of {len(images.label_names)} labels",
        macro=with_interval(figures.macro_auc, figures.macro_auc_ci),
        micro=with_interval(figures.micro_auc, figures.micro_auc_ci),
        prevalence_only=prevalence_only(baselines),
        prevalence_micro=number(baselines.prevalence_micro_auc),
        classes="".join(_of_classes(made, figures)),
        ece=number(figures.calibration.ece),
        brier=number(figures.calibration.brier),
        labels="\n".join(label_rows(figures.labels, summary["positives"]["train"])),
        abstaining="\n".join(_abstaining(figures)),
        command=code(trained.command),
    )


def escaped(value: str) -> str:
    """A value as text in a sentence, a heading or one cell of a table."""
    marked = SPECIAL.sub(r"\\\g<0>", visible(value).strip())
    return NUMBERED.sub(r"\1\\\2", marked)


def code(value: str) -> str:
    """A value between backticks, more of them than it holds itself in a row."""
    shown = visible(value)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # One blank at each end is taken off again.
    edge = " " if shown[:1] + shown[-1:] != (shown[:1] + shown[-1:]).strip("` ") else ""
    return f"{fence}{edge}{shown}{edge}{fence}" if shown else ""


def _items(notes: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(note)}" for note in notes)


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _views(views: dict[str, Any], weightless: Collection[str]) -> Iterable[str]:
    for name, view in views.items():
        weights = view["recipe"]["content"].get("weights")
        suffix = f", weights {escaped(str(weights))}" if weights else ""
        if is_of_file(view["recipe"]):
            width, digest = view["recipe"]["parameters"]["width"], view["recipe"]["content"]
            suffix = f", {width} numbers from a file with SHA-256 {digest[FROM_FILE]}"
        suffix += ", with weight 0" * (view["kind"] in weightless)
        yield f"  - {code(name)} ({view['kind']}){suffix}"


def _people(meta: dict[str, Any]) -> Iterable[str]:
    """Age, sex and view of the images whose label table has them."""
    if meta["age_quartiles"]:
        least, _, median, _, greatest = meta["age_quartiles"]
        yield f"age {least:.0f} to {greatest:.0f}, median {median:.0f}"
    for name in ("sex", "view"):
        known = {value: count for value, count in meta[name].items() if value}
        if known:
            yield f"{name} " + ", ".join(f"{value} {count:,}" for value, count in known.items())


def _counted(name: str, summary: dict[str, Any]) -> str:
    split = summary["split"]
    return images_of(split["films"][name], split["patients"][name], summary["patients_from"])


def patients_apart(patients_from: str) -> str:
    """Whether patients of test images have training images too, and how certain that is."""
    if patients_from == NOBODY_KNOWN:
        return f"Whether their patients also have training images is not known ({NOBODY_KNOWN})."
    limits = "" if patients_from in CERTAIN else ", which may be wrong"
    source = escaped(patients_from)
    return f"None of their patients has training images (patients: {source}{limits})."


def _of_classes(made: Bundle, figures: ModelFigures) -> Iterable[str]:
    """Rows on exclusive classes: their names, accuracy and what belongs to it."""
    if made.classes:
        names = escaped(", ".join(made.classes))
        yield f"| exclusive classes, of which the most probable is chosen | {names} |\n"
    for title, value in first_figures(figures).items():
        yield f"| {title.lower()} | {value} |\n"


def _abstaining(figures: ModelFigures) -> Iterable[str]:
    """A paragraph and a table on the coverage of answers; nothing without any."""
    found = figures.abstention
    if not found:
        return
    yield f"\nWith `predict --abstain`, on the test images: {escaped(sentence(found))}.\n"
    yield "| label | coverage with the finding | without | answered |\n|---|---|---|---|"
    for name, *cells in rows(found):
        yield f"| {escaped(name)} | {' | '.join(cells)} |"


def label_rows(labels: dict[str, LabelFigures], training: dict[str, int]) -> Iterable[str]:
    """A row of the table for each label."""
    for name, one in labels.items():
        cells = [escaped(name), f"{training[name]:,}", f"{one.positives:,}"]
        cells.append(with_interval(one.auc, one.auc_ci))
        cells += [number(one.average_precision), threshold(one)]
        cells += [number(value) for value in (one.recall, one.precision)]
        yield f"| {' | '.join(cells)} |"
