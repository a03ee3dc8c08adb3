"""What weakens the results of a report: report.json, the page and the screen list the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from datasets.images import GUESSES, Caution, Images
from evaluation import certainty
from evaluation.bootstrap import N_REPLICATES
from evaluation.certainty import FEW_OF_A_CLASS, LEAST_OF_A_CLASS
from evaluation.truth import Truth
from models.thresholds import undecided
from reports.report_figures import LabelFigures
from reports.report_tree import Report


def completed(report: Report, truth: Truth) -> Report:
    """The report with all cautions, those among its notes too, and the rare labels."""
    notes = report.data.notes
    moved = [each for each in notes if isinstance(each, Caution)]
    found = [*report.cautions, *_images(report), *moved, *too_few(truth), *_one_class(truth)]
    data = replace(report.data, notes=[each for each in notes if not isinstance(each, Caution)])
    cautions = list(dict.fromkeys([*found, *_trainings(report)]))
    return replace(report, data=data, cautions=cautions, rare_labels=rare(truth))


def rare(truth: Truth) -> list[str]:
    """Labels that have an AUC but few patients with or without the finding."""
    return [name for name, number in _least(truth).items() if 0 < number < FEW_OF_A_CLASS]


def too_few(truth: Truth) -> list[str]:
    """Cautions about labels of few patients, whose intervals are missing or too narrow."""
    least = _least(truth)
    tiny = [name for name, number in least.items() if 0 < number < LEAST_OF_A_CLASS]
    reasons = certainty.missing(truth.labels, truth.owners).labels
    narrow = [
        f"{name} {number}"
        for (name, number), why in zip(least.items(), reasons, strict=True)
        if not why and number < FEW_OF_A_CLASS
    ]
    n_counted = sum(map(bool, least.values()))
    return [*_without_interval(tiny, n_counted), *_too_narrow(narrow)]


def not_learned(splits: Sequence[Images]) -> list[str]:
    """Labels of one class among the training images of some of the splits, each with its reason."""
    places: dict[tuple[str, str], list[str]] = {}
    for place, images in enumerate(splits, 1):
        labels = images.labels[images.train]
        where = f"{len(labels):,} training images" + (f" of fold {place}" * (len(splits) > 1))
        for name, column in zip(images.label_names, labels.T, strict=True):
            for kind, value in (("positive", 1), ("negative", 0)):
                if not (column == value).any():
                    places.setdefault((name, kind), []).append(where)
    return [
        Caution(f"{name} has no {kind} among {', '.join(where)} and gets a constant probability")
        for (name, kind), where in places.items()
    ]


def partly_decided(labels: Mapping[str, LabelFigures]) -> list[str]:
    """Labels that are decided on some of the images, or on none, for want of a threshold."""
    never = [name for name, figures in labels.items() if not figures.is_decided]
    cautions = [undecided(never)] if never else []
    return cautions + [
        f"{name} is decided on {figures.images_decided:,} of {figures.images:,} images: in the"
        " other folds no validation image has the finding, so there is no threshold"
        for name, figures in labels.items()
        if name not in never and (figures.images_decided or 0) < figures.images
    ]


def _images(report: Report) -> Iterator[str]:
    """Cautions about where images, patients and networks come from."""
    if report.synthetic:
        yield "the images are synthetic, so the figures show nothing about patients"
    unlearned = [each.name for each in report.backbones or [] if each.weights == "random"]
    if unlearned:
        yield f"the weights of {', '.join(unlearned)} are random: no images trained the network"
    source = report.data.patients_from
    if source.startswith(GUESSES):
        yield f"patients are guessed by {source}: check that this is right"


def _trainings(report: Report) -> Iterator[str]:
    """Cautions about how often models were trained and patients resampled."""
    trained = [one.training for one in report.models.values() if one.training]
    if trained and all(len(each.macro_auc_by_seed) == 1 for each in trained):
        yield "each model has one training seed, so the spread over seeds is unknown (--seeds 5)"
    count = report.provenance.replicates
    if count < N_REPLICATES:
        yield (
            f"intervals come from {count:,} replicates; {N_REPLICATES:,} are usual"
            f" (--replicates {N_REPLICATES})"
        )


def _least(truth: Truth) -> dict[str, int]:
    """For each label the patients with the finding or those without, whichever are fewer."""
    counts = (certainty.count(column, truth.owners) for column in truth.labels.T)
    least = (min(each.positive, each.negative) for each in counts)
    return dict(zip(truth.label_names, least, strict=True))


def _one_class(truth: Truth) -> list[str]:
    names = [name for name, number in _least(truth).items() if not number]
    if not names or len(names) == len(truth.label_names):
        return []
    return [f"no AUC for {', '.join(names)}: all or none of these images have it"]


def _without_interval(tiny: Sequence[str], n_counted: int) -> list[str]:
    if not tiny:
        return []
    counted = f"{len(tiny)} of the {n_counted} labels in the macro AUC"
    return [
        f"{counted} {'has' if len(tiny) == 1 else 'have'} fewer than {LEAST_OF_A_CLASS} patients"
        f" with or without the finding: {', '.join(tiny)}"
    ]


def _too_narrow(narrow: Sequence[str]) -> list[str]:
    if not narrow:
        return []
    return [
        f"intervals are too narrow for labels with fewer than {FEW_OF_A_CLASS} patients with or"
        f" without the finding: {', '.join(narrow)}"
    ]
