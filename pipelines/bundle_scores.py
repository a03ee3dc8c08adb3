"""`score --bundle`: what bundles predict for a data set that they have not learned from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import file_names
from datasets import shared_findings, sources, tasks
from datasets.images import Images, Skipped
from datasets.label_names import chosen
from datasets.options import Work
from datasets.studies import check_unit
from errors import InvalidOption
from evaluation.scores import Scores
from inference.bundle_options import Judged
from inference.cached_features import CachedFeatures
from inference.predictions import Prediction, stream
from inference.predictor import Predictor
from inference.unseen_images import unseen
from models.bundle import Bundle
from models.bundle_manifest import CONTENTS
from pipelines.command_options import Score, Scored
from pipelines.run_folders import named
from progress import say, step, track

Predictors = Mapping[str, Predictor]
# Folders and cores, which change no result, are no choice.
OF_BUNDLES = [item for item in fields(Judged) if item.name not in ("bundle", "cache", "jobs")]
OF_SCORES = ("labels", "scores", "intersect", "task")


class Predicted(NamedTuple):
    """Images, and the scores of models for them; the name of their split, notes, thresholds (k,)
    of the models, and the file of each model.
    """

    images: Images
    scores: list[Scores]
    split: str
    notes: list[str]
    thresholds: dict[str, np.ndarray]
    files: dict[str, Path]


def check(options: Score) -> None:
    """Refuse options that belong to bundles beside files of scores, and the other way round."""
    if not options.bundle:
        given = [item.name for item in OF_BUNDLES if getattr(options, item.name) != _usual(item)]
        if given:
            raise InvalidOption(
                f"--{given[0].replace('_', '-')} is for bundles; got no --bundle. Add --bundle"
                " FOLDER, or leave it out."
            )
        return
    usual = {item.name: _usual(item) for item in fields(Scored)}
    given = [name for name in OF_SCORES if getattr(options, name) != usual[name]]
    if given:
        raise InvalidOption(
            f"--{given[0]} is for scores from files; got --bundle as well, whose labels and"
            " probabilities are its own. Leave one of the two out."
        )
    if options.data is None:
        raise InvalidOption(
            "--bundle needs the data set to evaluate it on; got no --data. Add --data FOLDER."
        )


def predicted(options: Score) -> Predicted:
    """The predictions of the bundles asked for, on images that none of them has learned from."""
    folders = _folders(options.bundle)
    step("loading bundles")
    own = options.embeddings, options.missing
    predictors = {name: Predictor(each, options.weights, *own) for name, each in folders.items()}
    bundles = [each.bundle for each in predictors.values()]
    images = sources.images_of(_reading(options))
    check_unit(options.unit, images)
    say(sources.headline(images))
    for each in bundles:
        images = unseen(images, each, options.cache)
    images, scores = _scored(_labelled(images, bundles, options), predictors, options)
    thresholds = {
        name: each.bundle.thresholds[_columns(each.bundle, images)].astype(float)
        for name, each in predictors.items()
        if not each.bundle.chooses_class
    }
    split = f"{len(images):,} images of {images.source}, which no bundle has learned from"
    files = {name: folder / CONTENTS for name, folder in folders.items()}
    return Predicted(images, scores, split, [], thresholds, files)


def _usual(item: Field[Any]) -> Any:
    """The default of an option."""
    return item.default if item.default_factory is MISSING else item.default_factory()


def _folders(asked: Sequence[str]) -> dict[str, Path]:
    """The folder of each bundle by its name, which becomes that of a file."""
    pairs = [named(each) for each in asked]
    wrong = [name for name, _ in pairs if not file_names.is_possible(name)]
    # Some file systems ignore case.
    if wrong or len({name.casefold() for name, _ in pairs}) < len(pairs):
        raise InvalidOption(
            "--bundle must give each bundle its own name, which is that of its folder or NAME=;"
            f" got {', '.join(asked)}. Type --bundle first=FOLDER --bundle second=FOLDER."
        )
    return dict(pairs)


def _reading(options: Score) -> Work:
    """How the images are read; classes as labels, so that a bundle with either kind finds its."""
    names = ("data", "format", "views", "label_table", "patient_pattern", "cache", "jobs", "seed")
    return Work(**{name: getattr(options, name) for name in names}, task=tasks.MULTILABEL)


def _labelled(images: Images, bundles: Sequence[Bundle], options: Score) -> Images:
    """The images with the labels that all bundles have, under the bundles' names."""
    first = bundles[0]
    if any(each.classes != first.classes for each in bundles):
        raise InvalidOption(
            "Bundles that are evaluated together must have the same classes; got"
            f" {' and '.join(', '.join(each.classes) or 'labels' for each in bundles)}. Evaluate"
            " one at a time."
        )
    common = [name for name in first.labels if all(name in each.labels for each in bundles)]
    known = replace(sources.images_of_files([], first.classes or common), source=first.data)
    found = shared_findings.shared(known, images, options.map)
    images = replace(found.images, notes=(*images.notes, *found.notes))
    if first.classes:
        return of_classes(images, first)
    asked = chosen("--findings", options.findings, images.label_names, images.source)
    return _with_labels(images, asked or images.label_names)


def of_classes(images: Images, bundle: Bundle) -> Images:
    """The images that have exactly one of the bundle's classes.

    For the label of two classes, images that report this one will do.
    """
    needed = bundle.labels if len(bundle.classes) == 2 else bundle.classes
    if missing := [name for name in needed if name not in images.label_names]:
        raise InvalidOption(
            f"A bundle of exclusive classes needs images of all of them; it has"
            f" {', '.join(bundle.classes)}, and {images.source} has no {', '.join(missing)} (only"
            f" {', '.join(images.label_names)}). Pass --map FILE if it has other names for them, or"
            " name another data set."
        )
    if not {*bundle.classes} <= {*images.label_names}:
        return _with_labels(images, needed)
    one = (images.labels == 1).sum(axis=1) == 1
    left = sources.counted(int((~one).sum()), "image")
    notes = [f"{left} left out, which have none or several of the classes"] * bool((~one).any())
    images = _with_labels(images.select(one), needed)
    return replace(images, classes=bundle.classes, notes=(*images.notes, *notes))


def _with_labels(images: Images, names: Sequence[str]) -> Images:
    columns = [images.label_names.index(name) for name in names]
    return replace(images, labels=images.labels[:, columns], label_names=tuple(names))


def _columns(bundle: Bundle, images: Images) -> list[int]:
    """Where the bundle has the labels of the images."""
    return [bundle.labels.index(name) for name in images.label_names]


def _scored(images: Images, predictors: Predictors, options: Score) -> tuple[Images, list[Scores]]:
    """The images that every bundle could read, and what each predicts for them."""
    found = {
        name: {image.id: image for image in _predictions(images, each, options)}
        for name, each in predictors.items()
    }
    skipped = {
        image.id: image.skipped
        for made in found.values()
        for image in made.values()
        if image.skipped
    }
    read = np.array(
        [
            all(name in made for made in found.values()) and name not in skipped
            for name in images.ids
        ],
        bool,
    )
    images = images.select(read, tuple(Skipped(*pair) for pair in skipped.items()))
    if not len(images):
        raise InvalidOption(
            f"A bundle needs images that can be read; none of {images.source} could. Check the"
            " reasons with `data --check-images`."
        )
    return images, [
        Scores(name, images.ids, _probabilities(made, each.bundle, images), images.label_names)
        for (name, made), each in zip(found.items(), predictors.values(), strict=True)
    ]


def _predictions(images: Images, predictor: Predictor, options: Score) -> Iterator[Prediction]:
    known = predictor.known(images)
    cached = CachedFeatures(predictor, known, options.cache)
    streamed = stream(predictor, known, 0, sources.cores(options.jobs), cached)
    return track(streamed, f"predicting with {predictor.bundle.name}", len(known))


def _probabilities(made: Mapping[str, Prediction], bundle: Bundle, images: Images) -> np.ndarray:
    """Calibrated probabilities (n, k) of the images' labels."""
    columns = _columns(bundle, images)
    return np.array(
        [[made[name].findings[column].probability for column in columns] for name in images.ids]
    )
