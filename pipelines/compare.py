"""`compare`: the baseline against hybrids and their controls, and a report."""

import platform
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np

from datasets import splits
from datasets.films import Films
from datasets.summary import split_counts
from errors import InvalidOption
from evaluation.auc import label_aucs, macro
from evaluation.floors import prevalence
from evaluation.scores import Scores
from evaluation.truth import Truth
from evaluation.verdict import judge
from pipelines import extract, fits, sources, train, verdict_files, verdict_text
from pipelines.command_line import command_of
from pipelines.contenders import METADATA_ALONE, Contender, contenders
from pipelines.fits import Fit
from pipelines.options import Compare
from pipelines.results import Result
from pipelines.score import by_groups, data_of
from pipelines.wording import Report
from progress import say, track

LIBRARIES = ("numpy", "pandas", "scikit-learn", "keras")


def run(options: Compare) -> Result:
    """The verdict as text and JSON; report, predictions and plots in `--out`."""
    films = sources.films_of(options)
    say(sources.headline(films))
    taking_part = contenders(options)
    _check_baseline(taking_part, options)
    folder = fits.open_run(films, options)
    found: dict[str, list[list[Fit]]] = {each.name: [] for each in taking_part}
    tested: list[Films] = []
    for number, split in enumerate(_splits(films, options)):
        extracted = extract.extract(splits.attach(films, split), options)
        train.check_parts(extracted.films)
        tested.append(extracted.films)
        views = train.views_of(extracted, metadata=True)
        for each in track(taking_part, split.name, len(taking_part), "models"):
            seeds = range(options.seed, options.seed + options.seeds)
            paths = [
                folder / f"{number}-{seed}-{each.name.replace(' ', '_')}.npz" for seed in seeds
            ]
            found[each.name].append(
                [
                    fits.fit(each, views, extracted.films, seed, path)
                    for seed, path in zip(seeds, paths, strict=True)
                ]
            )
    return _verdict(taking_part, found, tested, options)


def _splits(films: Films, options: Compare) -> Iterator[splits.Split]:
    if options.folds:
        yield from splits.folds(films, options.folds, options.seed)
    elif films.split:
        yield films.split


def _check_baseline(taking_part: list[Contender], options: Compare) -> None:
    names = [each.name for each in taking_part if not each.control]
    if options.baseline not in names[:-1]:
        raise InvalidOption(
            f"--baseline must be one of the classifiers, {', '.join(names[:-1])}; got"
            f" {options.baseline!r}. Add it to --classifiers."
        )


def _verdict(
    taking_part: list[Contender],
    found: dict[str, list[list[Fit]]],
    tested: list[Films],
    options: Compare,
) -> Result:
    films = tested[0]
    scores = [_scores(each.name, found[each.name], films) for each in taking_part]
    truth = Truth(films.ids, films.patients, films.labels, films.label_names)
    truth = truth.over(scores[0].ids, films.label_names)
    models, known = scores[:-1], scores[-1]
    pairs = [(one.model, options.baseline) for one in models if one.model != options.baseline]
    chosen = {one.model: _thresholds(found[one.model]) for one in models}
    learned = np.concatenate([each.labels[each.train] for each in tested])
    settings: dict[str, Any] = {"n_replicates": options.replicates, "seed": options.seed}
    told = _circumstances(tested, truth, options)
    told |= judge(
        truth, models, pairs, thresholds=chosen, prevalences=prevalence(learned), **settings
    )
    for each, one in zip(taking_part, models, strict=False):
        told["models"][one.model] |= _trainings(found[one.model], truth)
        told["models"][one.model]["control"] = each.control
    for pair in told["comparisons"]:
        pair["subject"] = _subject(pair["model"], pair["baseline"], options)
    floor = judge(truth, [known], **settings)["models"][METADATA_ALONE]
    told["floors"]["metadata"] = {
        name: floor[name] for name in ("macro_auc", "macro_auc_ci", "micro_auc", "micro_auc_ci")
    }
    told["subgroups"] = {one.model: by_groups(films, truth, one, options) for one in models}
    told["files"] = {}
    written = verdict_files.write(told, truth, models, options.out)
    sources.write_skipped(films, options.out)
    lines = [*verdict_text.lines(told), *(f"wrote {path}" for path in written)]
    return Result("\n".join(lines), told, len(films.skipped))


def _scores(name: str, by_split: list[list[Fit]], films: Films) -> Scores:
    """Seed-averaged probabilities of every film tested, split after split."""
    ids = np.concatenate([seeds[0].ids for seeds in by_split])
    means = [np.mean([one.probabilities for one in seeds], axis=0) for seeds in by_split]
    return Scores(name, ids, np.concatenate(means), films.label_names)


def _thresholds(by_split: list[list[Fit]]) -> np.ndarray:
    """Each label's threshold, the mean over splits and seeds; NaN where none could be chosen."""
    chosen = np.array([one.thresholds for seeds in by_split for one in seeds])
    known = ~np.isnan(chosen)
    sums = np.where(known, chosen, 0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), np.nan)


def _trainings(by_split: list[list[Fit]], truth: Truth) -> dict[str, Any]:
    """How long a training took, and the macro AUC of each seed alone."""
    seconds = [one.seconds for seeds in by_split for one in seeds]
    by_seed = [
        float(macro(label_aucs(truth.labels, np.concatenate([one.probabilities for one in seed]))))
        for seed in zip(*by_split, strict=True)
    ]
    return {"fit_seconds": float(np.mean(seconds)), "macro_auc_by_seed": by_seed}


def _subject(model: str, baseline: str, options: Compare) -> str:
    words = ", ".join(
        name for name in options.extractors.split(",") if train.kind_of(name) == "words"
    )
    if " with " in model:
        return f"Control: {model}, against {baseline},"
    return f"{model} on deep vectors and {words}, against {baseline},"


def _circumstances(tested: list[Films], truth: Truth, options: Compare) -> Report:
    """All of the report but the figures: what was judged, and what is needed to repeat it."""
    films = tested[0]
    counts = split_counts(films)
    n_films, n_patients = len(truth.ids), len(set(truth.patients))
    if options.folds:
        name = f"{options.folds} folds by patient, seed {options.seed}"
        counts |= {"name": name, "films": {"test": n_films}, "patients": {"test": n_patients}}
    metadata = ("hybrids see age, sex and view: they learn shortcuts",) if options.metadata else ()
    return {
        "synthetic": films.synthetic,
        "data": data_of(films, truth, [*films.notes, *metadata]),
        "split": counts,
        "labels": list(films.label_names),
        "seed": options.seed,
        "replicates": options.replicates,
        "command": command_of("compare", options),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
    }
