"""`compare`: the baseline against hybrids and their controls, and a report."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from datasets import splits
from datasets.films import PARTS, Films
from datasets.summary import split_counts
from errors import InvalidOption
from evaluation.auc import label_aucs, macro
from evaluation.comparison import corrected
from evaluation.floors import prevalence
from evaluation.scores import Scores
from evaluation.truth import Truth
from evaluation.verdict import judge
from models.views import DEEP, WORDS
from pipelines import extract, sources, train
from pipelines.extract import Extracted
from pipelines.options import Compare
from pipelines.results import Result
from pipelines.score import by_groups
from pipelines.verdict import circumstances, files, fits, text
from pipelines.verdict.contenders import METADATA_ALONE, Contender, contenders
from pipelines.verdict.fits import Fit
from pipelines.verdict.wording import Report
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
    stages: list[Extracted] = []
    for number, split in enumerate(_splits(films, options)):
        extracted = extract.extract(splits.attach(films, split), options)
        train.check_parts(extracted.films)
        stages.append(extracted)
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
    return _verdict(taking_part, found, stages, options)


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
    stages: list[Extracted],
    options: Compare,
) -> Result:
    films = stages[0].films
    scores = [_scores(each.name, found[each.name], films) for each in taking_part]
    truth = Truth(films.ids, films.patients, films.labels, films.label_names)
    truth = truth.over(scores[0].ids, films.label_names)
    models, known = scores[:-1], scores[-1]
    pairs = [(one.model, options.baseline) for one in models if one.model != options.baseline]
    chosen = {one.model: _thresholds(found[one.model]) for one in models}
    learned = np.concatenate([each.films.labels[each.films.train] for each in stages])
    settings: dict[str, Any] = {"n_replicates": options.replicates, "seed": options.seed}
    told = _circumstances(taking_part, stages, truth, options)
    told |= judge(
        truth, models, pairs, thresholds=chosen, prevalences=prevalence(learned), **settings
    )
    for each, one in zip(taking_part, models, strict=False):
        told["models"][one.model] |= _trainings(found[one.model], truth)
        told["models"][one.model]["control"] = each.control
    known_by_name = {each.name: each for each in taking_part}
    for pair in told["comparisons"]:
        contender = known_by_name[pair["model"]]
        pair["setting"] = _setting(contender, stages[0], options)
        pair["control"] = contender.control
    corrected([pair for pair in told["comparisons"] if not pair["control"]])
    floor = judge(truth, [known], **settings)["models"][METADATA_ALONE]
    told["floors"]["metadata"] = {
        name: floor[name] for name in ("macro_auc", "macro_auc_ci", "micro_auc", "micro_auc_ci")
    }
    told["subgroups"] = {one.model: by_groups(films, truth, one, options) for one in models}
    told["files"] = {}
    written = files.write(told, truth, models, options.out, _histories(taking_part, found))
    sources.write_skipped(films, options.out)
    lines = [*text.lines(told), *(f"wrote {path}" for path in written)]
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


def _histories(
    taking_part: Sequence[Contender], found: dict[str, list[list[Fit]]]
) -> dict[str, list[np.ndarray]]:
    """How every network of every model but the controls learned, a history for each training."""
    told: dict[str, list[np.ndarray]] = {}
    for each in taking_part:
        for one in () if each.control else chain.from_iterable(found[each.name]):
            for network, history in one.histories.items():
                name = each.name if len(one.histories) == 1 else f"{each.name}: {network}"
                told.setdefault(name, []).append(history)
    return told


def _setting(contender: Contender, extracted: Extracted, options: Compare) -> str:
    """What sets a contender apart from the baseline, as a sentence begins."""
    if contender.control:
        return "Controls of equal width"
    kinds = contender.make(options.seed).needs
    words = " and ".join(name for name in extracted.branches if train.kind_of(name) == WORDS)
    if WORDS not in kinds:
        return "Without words"
    return f"Adding {words} to deep vectors" if DEEP in kinds else f"On {words} alone"


def _circumstances(
    taking_part: Sequence[Contender], stages: Sequence[Extracted], truth: Truth, options: Compare
) -> Report:
    """All of the report but the figures: what was judged, and what is needed to repeat it."""
    films = stages[0].films
    metadata = ("hybrids see age, sex and view: they learn shortcuts",) if options.metadata else ()
    told: Report = {
        "synthetic": films.synthetic,
        "data": circumstances.data_of(films, truth, [*films.notes, *metadata]),
        "split": _split_told([each.films for each in stages], truth, options),
    } | circumstances.told("compare", options, truth, LIBRARIES)
    told["configuration"] |= {
        "models": {
            each.name: circumstances.plain(each.make(options.seed).get_params())
            for each in taking_part
            if not each.control
        },
        "extractors": {
            name: circumstances.plain(branch.extractor.get_params())
            | {"cached in": [each.branches[name].store.folder.name for each in stages]}
            for name, branch in stages[0].branches.items()
        },
    }
    return told


def _split_told(tested: Sequence[Films], truth: Truth, options: Compare) -> dict[str, Any]:
    """The split's name and how many films, patients and positives are in its parts."""
    films = tested[0]
    if not options.folds:
        parts = {part: films.labels[films.in_part(part)] for part in PARTS}
        counts = circumstances.prevalences(parts, films.label_names)
        return split_counts(films) | {"labels": counts}
    parts = {f"fold {n + 1}": each.labels[each.test] for n, each in enumerate(tested)}
    return split_counts(films) | {
        "name": f"{options.folds} folds by patient, seed {options.seed}",
        "films": {"test": len(truth.ids)},
        "patients": {"test": len(set(truth.patients))},
        "labels": circumstances.prevalences(parts, films.label_names),
    }
