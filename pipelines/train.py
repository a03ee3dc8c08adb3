"""`train`: one classifier on cached features or images, saved as a bundle."""

import time
from typing import Any

import numpy as np

from clusters import opening
from datasets import sources, studies, tasks
from datasets.images import Images
from datasets.options import command_of
from evaluation.auc import label_aucs, macro
from evaluation.figures import evaluate
from evaluation.reported_labels import prevalence
from evaluation.truth import Truth
from features.extracted import Extracted
from models import bundle, thresholds
from models.bundle import Bundle
from models.bundled_view import BundledView
from models.classifier import Classifier
from models.seen_images import SeenImages
from models.thresholds import undecided
from models.training_history import histories
from models.views import Views
from pipelines import (
    Result,
    asked_classifier,
    asked_features,
    augmented_tests,
    averaged_tests,
    choices,
    image_training,
    reference_images,
    replacing,
    tuned_training,
    word_settings,
)
from pipelines.averaged_tests import Tested
from pipelines.chosen_extractors import kind_of
from pipelines.command_options import Train
from pipelines.comparing import abstaining, searching
from pipelines.recorded import recorded
from progress import say, stage, step
from reports import abstention_tables, cautions, model_card
from reports.class_html import first_figures
from reports.columns import aligned
from reports.member_shares import of_members
from reports.plots import learning
from reports.plots.plotting import Paper, write
from reports.report_figures import Evaluated, LabelFigures
from reports.wording import (
    labels_counted,
    missing,
    number,
    prevalence_only,
    reasons,
    threshold,
    with_interval,
)

CURVES = "curves"


@recorded("train")
def run(options: Train) -> Result:
    """The evaluation on the test images as text and JSON; the bundle is in `--out`."""
    asked_classifier.check_thresholds(options)
    searching.check(options)
    Paper.of(options)
    images = asked_features.images_of(options)
    studies.check_unit(options.unit, images)
    say(sources.headline(images))
    choices.announce(options)
    classifier = asked_classifier.make(options)
    augmented_tests.check(options)
    image_training.begin(classifier, options)
    thresholds.check_classes(options.thresholds, images.classes)
    kept = replacing.announced(images, options)
    with opening.opened(options.cluster) as crew:
        extracted = asked_features.extract(images, options, crew)
        asked_features.check_sets(extracted.images)
        step("reading features")
        views = asked_features.views_of(extracted, options.metadata)
        search = tuned_training.searched(views, extracted, options, crew)
        views = word_settings.views_of(views, extracted, search.chosen)
        extracted = word_settings.with_chosen(extracted, search.chosen)
        # Before the training, so that an error costs no time.
        held, augmented = averaged_tests.versions(extracted, options, crew)
        searching.with_chosen(lambda: classifier, search.chosen).grow_on(crew and crew.client)
        with stage(f"training {options.classifier}"):
            seconds = _fit(classifier, views, extracted.images)
    images = extracted.images
    step("evaluating, writing the bundle")
    made = bundled(classifier, extracted, _validation(views, images), options)
    made = reference_images.with_reference(made, views, images, options)
    made = averaged_tests.with_bounds(made, views, held, images, options)
    bundle.save(made, options.out, kept)
    tuned_training.keep(search, options)
    _write_training(classifier, views, images, options)
    tested = averaged_tests.tested(made, views, augmented, images, options.unit)
    values = {"fit_seconds": seconds, **_evaluated(made, views, images, tested, options)}
    values |= tuned_training.values(search, values["models"][made.name]["macro_auc"], options)
    values["extractors"] = extracted.names
    values["earlier_bundle"] = str(kept) if kept else None
    values["unlike_test_images"] = reference_images.of_test(made, views, images, options)
    values["task"] = tasks.of(images.classes)
    figures = Evaluated.of({key: values[key] for key in ("floors", "models", "comparisons")})
    _write_card(made, images, values["notes"], figures, options)
    lines = [*_lines(images, values, figures, options), *tuned_training.lines(values)]
    return Result(lines, values, len(images.skipped))


def _validation(views: Views, images: Images) -> tuple[Views, np.ndarray]:
    return views.select(images.validation), images.labels[images.validation]


def _fit(classifier: Classifier, views: Views, images: Images) -> float:
    """Fit the classifier; the seconds that it took."""
    started = time.monotonic()
    seen = views.select(images.train), images.labels[images.train]
    known = {"patients": images.patients[images.train], "exclusive": bool(images.classes)}
    classifier.fit(*seen, validation=_validation(views, images), reported=True, **known)
    return time.monotonic() - started


def _write_training(classifier: Classifier, views: Views, images: Images, options: Train) -> None:
    """Write skipped images, learning curves and a sheet of augmentations beside the bundle."""
    sources.write_skipped(images, options.out)
    learned = {name: [history] for name, history in histories(classifier).items()}
    if learned:
        paper = Paper.of(options)
        figure = learning.curves(learned, options.classifier, paper.width)
        write(figure, options.out, CURVES, paper)
    image_training.end(classifier, views.select(images.train), options)


def bundled(
    classifier: Classifier,
    extracted: Extracted,
    validation: tuple[Views, np.ndarray],
    options: Train,
) -> Bundle:
    """The fitted classifier and its extractors, calibrated on the validation images."""
    images = extracted.images
    patients = images.patients[images.validation]
    chosen = thresholds.by_validation(
        classifier, validation, patients, options.thresholds, options.recall, images.classes
    )
    # Of its store, which was opened before unreadable images were left out.
    views = {
        name: BundledView.of(kind_of(branch.extractor), branch.extractor, branch.store.recipe)
        for name, branch in extracted.branches.items()
        if name in classifier.view_names_
    }
    views |= {
        name: BundledView(each.kind, each.recipe, each.options, b"")
        for name, each in extracted.given.items()
        if name in classifier.view_names_
    }
    return Bundle(
        name=options.classifier,
        classifier=classifier,
        labels=images.label_names,
        views=views,
        data=images.source,
        split=images.split_name,
        classes=images.classes,
        seen=SeenImages.of(extracted.seen_keys()),
        **chosen._asdict(),
    )


def _evaluated(
    made: Bundle, views: Views, images: Images, tested: Tested, options: Train
) -> dict[str, Any]:
    """Figures on validation and test images, and notes on them."""
    seen, known = _validation(views, images)
    validation = float(macro(label_aucs(known, made.findings(seen).raw)))
    values = evaluate(
        *(tested.truth, tested.scores, tested.pairs),
        thresholds=tested.thresholds(made),
        classes=made.classes,
        prevalences=prevalence(images.labels[images.train]),
        seed=options.seed,
    )
    for name, found in abstaining.of_bundle(made, images, tested.plain, tested.averaged).items():
        values["models"][name] |= found
    added: dict[str, Any] = {"notes": [*_notes(made, images, tested.truth, values), *tested.notes]}
    added["member_shares"] = made.classifier.member_shares
    spread = averaged_tests.write_spread(tested, images, options)
    return {"validation_macro_auc": validation} | values | added | spread


def _notes(made: Bundle, images: Images, truth: Truth, values: dict[str, Any]) -> list[str]:
    """Notes on images, members, labels of few patients, and figures without an interval."""
    notes = [*images.notes, *of_members(made.classifier), *cautions.not_learned([images])]
    evaluated = Evaluated.of(values)
    notes += [*cautions.too_few(truth), *reasons(missing(evaluated))]
    notes += abstention_tables.notes(evaluated.models[made.name].abstention)
    return [*notes, undecided(made.undecided)] if made.undecided else notes


def _write_card(
    made: Bundle, images: Images, notes: list[str], figures: Evaluated, options: Train
) -> None:
    rule = options.thresholds + (f" {options.recall}" if options.thresholds == "recall" else "")
    trained = model_card.Trained(
        notes=notes,
        evaluated=figures,
        metadata=options.metadata,
        rule=rule,
        command=command_of("train", options),
    )
    model_card.write(made, images, trained, options.out)


def _lines(
    images: Images, values: dict[str, Any], evaluated: Evaluated, options: Train
) -> list[str]:
    figures, baselines = evaluated.models[options.classifier], evaluated.reference_baselines
    baseline = f"{prevalence_only(baselines)}: {number(baselines.prevalence_micro_auc)}"
    rows = [("", "AUC", "threshold", "recall", "precision")]
    rows += [_row(name, label) for name, label in figures.labels.items()]
    return [
        sources.headline(images),
        *(f"note: {note}" for note in values["notes"]),
        f"{options.classifier} on {', '.join(values['extractors'])}, split: {images.split_name}"
        + ("; with age, sex and view" if options.metadata else ""),
        f"trained in {values['fit_seconds']:.1f} s on {images.train.sum():,} images; validation"
        f" macro AUC {number(values['validation_macro_auc'])}",
        f"test {studies.plural(options.unit)}"
        f" {len(np.unique(studies.of_images(images)[images.test])):,}: macro AUC"
        f" {with_interval(figures.macro_auc, figures.macro_auc_ci)}"
        f" over {labels_counted(figures, len(images.label_names))},"
        f" micro AUC {with_interval(figures.micro_auc, figures.micro_auc_ci)}; {baseline}",
        *(f"{title}: {value}" for title, value in first_figures(figures).items()),
        *(f"  {line}" for line in aligned(rows)),
        *filter(None, [abstention_tables.sentence(figures.abstention)]),
        *averaged_tests.lines(values, evaluated),
        *reference_images.lines(values["unlike_test_images"]),
        f"bundle: {options.out}",
        *(f"earlier bundle: {path}" for path in [values["earlier_bundle"]] if path),
    ]


def _row(name: str, label: LabelFigures) -> tuple[str, str, str, str, str]:
    recall, precision = (number(value, 2) for value in (label.recall, label.precision))
    auc = with_interval(label.auc, label.auc_ci)
    return name, auc, threshold(label, 2), recall, precision
