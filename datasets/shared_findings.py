"""The findings that two data sets share, though they may call them by other names."""

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from datasets import label_names, vocabulary
from datasets.images import Images
from datasets.vocabulary import Common, Meaning
from errors import InvalidOption


@dataclass(frozen=True)
class SharedFindings:
    """Images of one data set, with those labels of another that mean a finding of both.

    `made_of` has the labels of these images that each finding is made of, and `approximate` the
    reasons why a finding is only nearly the same in both. Labels of one data set that the other
    does not have are `missing` from these images, or `unused`.
    """

    images: Images
    made_of: dict[str, list[str]]
    approximate: dict[str, str]
    missing: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Notes on other names, findings that are only nearly the same, and labels of one set."""
        renamed = [
            f"{label} from {' or '.join(made_of)}"
            for label, made_of in self.made_of.items()
            if made_of != [label]
        ]
        notes = [f"same findings under other names: {', '.join(renamed)}"] if renamed else []
        reasons = [f"{label} ({why})" for label, why in self.approximate.items()]
        if reasons:
            notes.append(f"findings that are only nearly the same: {'; '.join(reasons)}")
        source = self.images.source
        for labels, what in ((self.missing, "not reported by"), (self.unused, "not evaluated, of")):
            if labels:
                notes.append(f"labels {what} {source}: {label_names.first_of(labels)}")
        return notes


def shared(known: Images, others: Images, changes: Path | None = None) -> SharedFindings:
    """The other images with the labels of known ones that they share, in the order of these.

    Names are looked up in the vocabulary, after the table `changes`. No shared finding raises.
    """
    others = label_names.named_as(others, known.label_names)
    tables = [*([vocabulary.read(changes)] if changes else []), vocabulary.built_in()]
    common = vocabulary.common(others, changes)
    found = {
        label: meaning
        for label in known.label_names
        if (meaning := _main(vocabulary.meanings(label, known.format, tables))).finding
        in common.names
    }
    if not found:
        raise InvalidOption(
            f"An external data set must share a finding with the training set; {known.source} has"
            f" {', '.join(known.label_names)}, and {others.source} has"
            f" {', '.join(others.label_names) or 'no label'}. Pass --map FILE, a CSV with columns"
            f" {vocabulary.NAME} and {vocabulary.FINDING}, that gives equal findings one name."
        )
    made_of = {label: common.names[meaning.finding] for label, meaning in found.items()}
    taken = {*chain.from_iterable(made_of.values())}
    return SharedFindings(
        _named(common.images, found),
        made_of,
        {label: why for label, meaning in found.items() if (why := _why(meaning, common))},
        tuple(label for label in known.label_names if label not in found),
        tuple(label for label in others.label_names if label not in taken),
    )


def _main(meanings: list[Meaning]) -> Meaning:
    """The finding that a label means exactly, else the first that it means nearly."""
    return min(meanings, key=lambda meaning: meaning.approximate)


def _why(meaning: Meaning, common: Common) -> str:
    """Why a finding is only nearly the same in both data sets; "" if it is the same."""
    theirs = common.approximate.get(meaning.finding, "")
    reasons = [meaning.source] * meaning.approximate + [theirs] * bool(theirs)
    return "; ".join(dict.fromkeys(reasons))


def _named(images: Images, found: dict[str, Meaning]) -> Images:
    """The images with these labels alone, each that of its finding."""
    columns = np.array([images.label_names.index(each.finding) for each in found.values()])
    return replace(images, labels=images.labels[:, columns], label_names=tuple(found), classes=())
