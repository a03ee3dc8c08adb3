"""`score`: the verdict on probabilities made elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import checks
import storage
from datasets import label_names
from datasets.films import Films
from datasets.images import SUFFIXES
from errors import InvalidOption
from evaluation import subgroups
from evaluation.bootstrap import check_replicates
from evaluation.comparison import corrected
from evaluation.scores import Scores, common_films, same_films
from evaluation.truth import Truth
from evaluation.verdict import judge
from pipelines import file_names, probabilities
from pipelines.options import Compare, Score
from pipelines.results import Result
from pipelines.verdict import circumstances, files, labelled, text
from pipelines.verdict.wording import Report
from progress import say

# A model's name becomes a file's name, on any system.
NAMED_FILE = re.compile(r"(?P<name>\w(?:[\w .+-]*[\w+-])?)=(?P<file>.+)")
LIBRARIES = ("numpy", "pandas", "scipy", "matplotlib")


def run(options: Score) -> Result:
    """The verdict as text and JSON; report, predictions and plots in `--out`."""
    checks.at_least("--seed", options.seed, 0)
    check_replicates(options.replicates)
    tables = _files(options.scores)
    pairs = _pairs(list(tables), options.baseline)
    films = labelled.read(options.labels, options.findings, options.patient_pattern)
    scores = _scores(tables, films, options)
    ids, names = scores[0].ids, scores[0].label_names
    truth = Truth(films.ids, films.patients, films.labels, films.label_names).over(ids, names)
    say(f"judging {', '.join(tables)} on {len(ids):,} films")
    told = _circumstances(options, films, truth)
    told |= judge(truth, scores, pairs, n_replicates=options.replicates, seed=options.seed)
    corrected(told["comparisons"], options.replicates)
    told["subgroups"] = {one.model: by_groups(films, truth, one, options) for one in scores}
    told["files"] = {name: _digest(path) for name, path in tables.items()}
    _complete(told)
    written = files.write(told, truth, scores, options.out)
    lines = [*text.lines(told), *(f"wrote {path}" for path in written)]
    return Result(lines, told)


def _files(asked: Sequence[str]) -> dict[str, Path]:
    """File of each model, from `--scores NAME=FILE`."""
    matches = [NAMED_FILE.fullmatch(each) for each in asked]
    for each, match in zip(asked, matches, strict=True):
        if match is None or not file_names.is_possible(match["name"]):
            raise InvalidOption(
                "--scores must be NAME=FILE, the name of letters, digits, blanks and . + - _,"
                f" {file_names.LONGEST} bytes at most and no device such as CON; got {each!r}."
                " Type --scores model=FILE."
            )
    tables = {match["name"]: Path(match["file"]) for match in matches if match}
    # Some file systems take capitals for small letters.
    if not tables or len({name.casefold() for name in tables}) < len(asked):
        raise InvalidOption(
            f"--scores must name at least one model, each once; got {', '.join(asked) or 'none'}."
            " Give every file its own name, as in --scores first=FILE --scores second=FILE."
        )
    return tables


def _pairs(models: list[str], baseline: str) -> list[tuple[str, str]]:
    """Every other model beside the baseline, which is the first model unless named."""
    chosen = baseline or models[0]
    checks.one_of("--baseline", chosen, models)
    return [(name, chosen) for name in models if name != chosen]


def _scores(tables: dict[str, Path], films: Films, options: Score) -> list[Scores]:
    """The models' scores over the same films and labels, in the same order."""
    asked = label_names.chosen("--findings", options.findings, films.label_names, films.source)
    others = options.intersect or bool(asked)
    scores = [
        probabilities.read(name, path, films.label_names, others=others)
        for name, path in tables.items()
    ]
    scores = [_by_stem(one, films.ids) for one in scores]
    if asked:
        scores = [one.over(one.ids, asked) for one in scores]
    if not options.intersect:
        return same_films(scores)
    # On names, np.isin compares each with each.
    known = [one.ids[pd.Index(one.ids).isin(films.ids)] for one in scores]
    pairs = zip(scores, known, strict=True)
    return common_films([one.over(ids, one.label_names) for one, ids in pairs])


def _by_stem(scores: Scores, known: np.ndarray) -> Scores:
    """The scores by the ids of the label table, where they differ in an image's extension alone."""
    own = pd.Index(scores.ids)
    unknown = ~own.isin(known)
    if not unknown.any():
        return scores
    wanted = pd.Series(known[~pd.Index(known).isin(own)], dtype=object)
    by_stem = wanted.groupby(wanted.map(_stem)).agg(list)
    alone = by_stem[by_stem.map(len) == 1].map(lambda same: same[0])
    stems = pd.Series(scores.ids, dtype=object)[unknown].map(_stem)
    found = stems[~stems.duplicated(keep=False)].map(alone).dropna()
    if not len(found):
        return scores
    ids = scores.ids.copy()
    ids[found.index] = found.to_numpy(object)
    say(f"{scores.model}: {len(found):,} images are matched without their file names' extension")
    return replace(scores, ids=ids)


def _stem(name: str) -> str:
    """A name without the extension of an image, whatever its case."""
    stem, dot, extension = name.rpartition(".")
    return stem if f".{extension.lower()}" in SUFFIXES and dot and stem else name


def _circumstances(options: Score, films: Films, truth: Truth) -> Report:
    """All of the report but the figures: what was judged, and what is needed to repeat it."""
    n_films, n_patients = len(truth.ids), len(set(truth.patients))
    return {
        "synthetic": films.synthetic,
        "data": circumstances.data_of(films, truth, labelled.notes(films, truth.ids)),
        "split": {
            "name": labelled.split_name(films, truth.ids),
            "films": {"test": n_films},
            "patients": {"test": n_patients},
            "labels": circumstances.prevalences({"test": truth.labels}, truth.label_names),
        },
    } | circumstances.told("score", options, truth, LIBRARIES)


def _complete(told: Report) -> None:
    """What `compare` tells and no file of scores can: null or empty for scores."""
    told["floors"]["metadata"], told["cautions"] = {}, []
    for figures in told["models"].values():
        figures["fit_seconds"] = None


def by_groups(
    films: Films, truth: Truth, scores: Scores, options: Score | Compare
) -> dict[str, Any]:
    """Verdict by sex, age and view, of those that the label table tells at least two groups of."""
    meta = films.meta.iloc[films.rows(truth.ids)]
    variables = {
        "sex": meta["sex"].to_numpy(object),
        "age": subgroups.age_bands(meta["age"].to_numpy(float)),
        "view": meta["view"].to_numpy(object),
    }
    return {
        name: subgroups.by_group(
            truth, scores, values, n_replicates=options.replicates, seed=options.seed
        )
        for name, values in variables.items()
        if len(set(values) - {""}) > 1
    }


def _digest(path: Path) -> str:
    return f"SHA-256 {sha256(storage.read_bytes(path)).hexdigest()[:16]}"
