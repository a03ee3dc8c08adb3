"""Labels of images whose reports name findings in a data set's own words."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from datasets import vocabulary
from datasets.labels import Labelled
from datasets.vocabulary import Meaning, Vocabulary

# Names that no finding has are shown with their counts, up to this many.
MOST_NAMED = 6
# Parts a heading from its qualifiers, as in `Opacity/lung/base/left`.
QUALIFIED = "/"


def labelled(
    named: Sequence[Collection[str] | None], data_set: str, changes: Path | None = None
) -> Labelled:
    """Labels (n, k) of common findings by the names of each of n images.

    Whole names are looked up in the vocabulary, after the table `changes`. A finding is present if
    a name of it is there, else absent; an image with None for its names reports nothing.
    """
    counts = Counter(name for names in named for name in set(names or ()))
    tables = [*([vocabulary.read(changes)] if changes else []), vocabulary.built_in()]
    meant = {name: _meant(name, data_set, tables) for name in counts}
    findings = tuple(sorted({each.finding for found in meant.values() for each in found}))
    columns = {name: [findings.index(each.finding) for each in meant[name]] for name in meant}
    labels = np.zeros((len(named), len(findings)), np.float32)
    for row, names in enumerate(named):
        if names is None:
            labels[row] = np.nan
        else:
            labels[row, [column for name in names for column in columns[name]]] = 1
    return Labelled(labels, findings, tuple(_notes(counts, meant, named)))


def _meant(name: str, data_set: str, tables: Sequence[Vocabulary]) -> list[Meaning]:
    """The findings of a name, or else of its heading; [] if the vocabulary has neither."""
    found = vocabulary.meanings(name, data_set, tables)
    known = [each for each in found if each.source != vocabulary.OWN_NAME]
    heading = name.rpartition(QUALIFIED)[0]
    return known or (_meant(heading, data_set, tables) if heading else [])


def _notes(
    counts: Counter[str],
    meant: dict[str, list[Meaning]],
    named: Iterable[Collection[str] | None],
) -> Iterable[str]:
    used = [name for name in counts if meant[name]]
    approximate = sorted(
        {each.finding for name in used for each in meant[name] if each.approximate}
    )
    some = f", some of them only approximately: {', '.join(approximate)}" if approximate else ""
    findings = {each.finding for name in used for each in meant[name]}
    headings = {name.partition(QUALIFIED)[0] for name in used}
    yield f"{len(findings)} findings come from {len(headings)} names of reports{some}"
    rest: Counter[str] = Counter()
    for name in counts.keys() - set(used):
        rest[name.partition(QUALIFIED)[0]] += counts[name]
    if rest:
        first = sorted(rest.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMED]
        shown = ", ".join(f"{name} ({count:,})" for name, count in first)
        yield f"{len(rest):,} other names of reports are no label, most often {shown}"
    silent = sum(names is None for names in named)
    if silent:
        yield f"{silent:,} images in all have no usable report: their labels count as not reported"
