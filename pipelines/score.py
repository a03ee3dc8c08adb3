"""`score`: a report on probabilities that other programs computed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import checks
import file_names
import storage
from datasets import corrections, label_names, scored_labels, sources, studies, tasks
from datasets.image_files import SUFFIXES
from datasets.images import Images
from errors import InvalidOption
from evaluation.aligning import rows_of
from evaluation.scores import Scores, common_images, same_images
from evaluation.truth import Truth
from models.thresholds import check_classes
from pipelines import Result, bundle_scores
from pipelines.bundle_scores import Predicted
from pipelines.command_options import Score
from pipelines.comparing import audited_labels, decision_thresholds, evaluated, study_units
from pipelines.recorded import recorded
from progress import say, step
from reports import cautions, provenance, report_files, score_files, screen
from reports.plots.plotting import Paper
from reports.report_tree import Report, Split

# A model's name becomes a file's name, on any system.
NAMED_FILE = re.compile(r"(?P<name>\w(?:[\w .+-]*[\w+-])?)=(?P<file>.+)")
LIBRARIES = ("numpy", "pandas", "scipy", "matplotlib")


@recorded("score")
def run(options: Score) -> Result:
    """The report as text and JSON; its files, predictions and plots are in `--out`."""
    checks.at_least("--seed", options.seed, 0)
    bundle_scores.check(options)
    evaluated.check(options)
    paper = Paper.of(options)
    given = bundle_scores.predicted(options) if options.bundle else _from_files(options)
    known = _corrected(given.images, options)
    original, _ = study_units.of_scores(known.uncorrected, given.scores, options.unit)
    images, scores = study_units.of_scores(known, given.scores, options.unit)
    models = [one.model for one in scores]
    pairs = _pairs(models, options)
    ids, names = scores[0].ids, scores[0].label_names
    truth, before = (
        Truth(each.ids, each.patients, each.labels, each.label_names).over(ids, names)
        for each in (images, original)
    )
    # Without some of the classes, the most probable one is not known.
    classes = images.classes if names == images.label_names else ()
    check_classes(options.thresholds, classes)
    asked = decision_thresholds.given(options.thresholds, names, models)
    thresholds = given.thresholds | asked
    say(f"evaluating {', '.join(models)} on {len(ids):,} {studies.plural(options.unit)}")
    step("evaluating")
    report = Report(
        synthetic=images.synthetic,
        data=provenance.data_of(images, truth, [*images.notes, *given.notes]),
        split=_split(given.split, truth),
        provenance=provenance.provenance_of("score", options, truth, LIBRARIES),
        evaluated=evaluated.of_scores(truth, scores, pairs, thresholds, options, classes),
        subgroups=evaluated.by_groups(images, truth, scores, options),
        files={name: _digest(path) for name, path in given.files.items()},
        task=tasks.of(classes),
        classes=list(classes) or None,
    )
    report = cautions.completed(report, truth)
    if options.corrections:
        first = evaluated.of_scores(before, scores, pairs, thresholds, options, classes)
        report = audited_labels.with_original(report, first, before, truth)
    decided = {name: np.tile(each, (len(ids), 1)) for name, each in thresholds.items()}
    if options.labels and (options.audit or thresholds or classes):
        images = scored_labels.with_files(images, options.labels)
    report, sheets = audited_labels.looked_at(report, truth, scores, decided, images, options)
    step("writing the report")
    kept = report_files.Trained(decided, sheets=sheets)
    written = report_files.write(report, truth, scores, options.out, kept, paper)
    lines = [*screen.lines(report), *(f"wrote {path}" for path in written)]
    if given.images.skipped:
        sources.write_skipped(given.images, options.out)
    return Result(lines, report.as_json(), len(given.images.skipped))


def _corrected(images: Images, options: Score) -> Images:
    """The images with the labels of `--corrections`; of two classes one is a label like others."""
    task = tasks.EXCLUSIVE if len(images.classes) > 2 else tasks.MULTILABEL
    return corrections.applied(images, options.corrections, task, options.findings)


def _from_files(options: Score) -> Predicted:
    """The scores of files, with the images of the label table."""
    if not (options.labels and options.scores):
        raise InvalidOption(
            "score needs --labels and --scores, or --bundle and --data; got neither pair. Type"
            " --labels FILE --scores model=FILE, or --bundle FOLDER --data FOLDER."
        )
    tables = files_of(options.scores)
    _pairs(list(tables), options)
    step("reading labels and scores")
    images = scored_labels.read(
        options.labels, options.findings, options.patient_pattern, options.task
    )
    studies.check_unit(options.unit, images)
    scores = _scores(tables, images, options)
    split, notes = _of_images(images, scores[0].ids)
    # A table lists images without files as skipped, which scores do not need.
    images = replace(images, skipped=())
    return Predicted(images, scores, split, notes, {}, tables)


def files_of(asked: Sequence[str]) -> dict[str, Path]:
    """File of each model, from `--scores NAME=FILE`."""
    matches = [NAMED_FILE.fullmatch(each) for each in asked]
    for each, match in zip(asked, matches, strict=True):
        if match is None or not file_names.is_possible(match["name"]):
            raise InvalidOption(
                "--scores must be NAME=FILE. NAME may have letters, digits, blanks and . + - _, at"
                f" most {file_names.LONGEST} bytes, and no name of a device such as CON; got"
                f" {each!r}. Type --scores model=FILE."
            )
    tables = {match["name"]: Path(match["file"]) for match in matches if match}
    # Some file systems ignore case.
    if not tables or len({name.casefold() for name in tables}) < len(asked):
        raise InvalidOption(
            f"--scores must name at least one model, each once; got {', '.join(asked) or 'none'}."
            " Give every file its own name, as in --scores first=FILE --scores second=FILE."
        )
    return tables


def _pairs(models: list[str], options: Score) -> list[tuple[str, str]]:
    """Every other model with the baseline, by default the first model, and what else is asked."""
    chosen = options.baseline or models[0]
    checks.one_of("--baseline", chosen, models)
    pairs = [(name, chosen) for name in models if name != chosen]
    return pairs + evaluated.other_pairs(models, chosen, options)


def _scores(tables: dict[str, Path], images: Images, options: Score) -> list[Scores]:
    """The models' scores over the same images and labels, in the same order."""
    asked = label_names.chosen("--findings", options.findings, images.label_names, images.source)
    others = options.intersect or bool(asked)
    scores = [
        score_files.read(name, path, images.classes or images.label_names, others=others)
        for name, path in tables.items()
    ]
    scores = [of_one_class(one, images) for one in scores]
    scores = [matched_by_stem(one, images.ids) for one in scores]
    if asked:
        scores = [one.over(one.ids, asked) for one in scores]
    if not options.intersect:
        return same_images(scores)
    # On names, np.isin compares each with each.
    known = [one.ids[pd.Index(one.ids).isin(images.ids)] for one in scores]
    pairs = zip(scores, known, strict=True)
    return common_images([one.over(ids, one.label_names) for one, ids in pairs])


def of_one_class(scores: Scores, images: Images) -> Scores:
    """The scores of the label of two classes, for which those of either class will do."""
    if len(images.classes) != 2:
        return scores
    if images.label_names[0] in scores.label_names:
        return scores.over(scores.ids, images.label_names)
    return replace(scores, probabilities=1 - scores.probabilities, label_names=images.label_names)


def matched_by_stem(scores: Scores, known: np.ndarray) -> Scores:
    """The scores under the ids of the label table if only the extension of images differs."""
    own = pd.Index(scores.ids)
    unknown = ~own.isin(known)
    if not unknown.any():
        return scores
    wanted = pd.Series(known[~pd.Index(known).isin(own)], dtype=object)
    by_stem = wanted.groupby(wanted.map(_stem)).agg(list)
    alone = by_stem[by_stem.map(len) == 1].map(lambda same: same[0])
    stems = pd.Series(scores.ids, dtype=object)[unknown].map(_stem)
    matched = stems[~stems.duplicated(keep=False)].map(alone).dropna()
    if not len(matched):
        return scores
    ids = scores.ids.copy()
    ids[matched.index] = matched.to_numpy(object)
    say(f"{scores.model}: {len(matched):,} images match by file name without its extension")
    return replace(scores, ids=ids)


def _stem(name: str) -> str:
    """A name without the extension of an image, whatever its case."""
    stem, dot, extension = name.rpartition(".")
    return stem if f".{extension.lower()}" in SUFFIXES and dot and stem else name


def _of_images(images: Images, ids: np.ndarray) -> tuple[str, list[str]]:
    """The name of the split that the scored images make, and notes on training images in it."""
    rows_of("the labels", images.ids, ids)
    known = set(images.notes)
    notes = [note for note in scored_labels.notes(images, ids) if note not in known]
    return scored_labels.split_name(images, ids), notes


def _split(name: str, truth: Truth) -> Split:
    """All that is evaluated as one test set, under the name of the data set's split."""
    return Split(
        name=name,
        images={"test": len(truth.ids)},
        patients={"test": len(set(truth.patients))},
        labels=provenance.prevalences({"test": truth.labels}, truth.label_names),
    )


def _digest(path: Path) -> str:
    return f"SHA-256 {storage.sha256_of(storage.read_bytes(path))[:16]}"
