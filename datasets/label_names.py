"""Label names as users type them, without regard to case, spaces and punctuation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations

from datasets.images import Images
from datasets.options import listed
from datasets.tables import letters_of
from errors import InvalidOption

# Two labels of at least this many letters with this share in common may be a typing error.
LETTERS, ALIKE = 6, 0.85
# Each label is compared with each other one.
MOST_PAIRED = 200
# Of many names, so many are listed.
LISTED = 6


def first_of(names: Sequence[str]) -> str:
    """The first names, and how many others there are."""
    first = ", ".join(map(str, names[:LISTED]))
    return first + (f" and {len(names) - LISTED:,} more" if len(names) > LISTED else "")


def spelled(name: str, known: Iterable[str]) -> str | None:
    """The known label with this name, or the only one with the same letters; else None."""
    labels = list(known)
    if name in labels:
        return name
    alike = [label for label in labels if letters_of(label) == letters_of(name)]
    return alike[0] if len(alike) == 1 else None


def chosen(option: str, text: str, known: Sequence[str], whose: str) -> list[str]:
    """The known labels that an option names, each once; unknown names raise InvalidOption."""
    names = {name: spelled(name, known) for name in listed(text)}
    unknown = [name for name, label in names.items() if label is None]
    if unknown:
        raise InvalidOption(
            f"{option} must name labels of {whose}, which has {', '.join(known)}; got"
            f" {', '.join(unknown)}{hint(unknown, known) or f'. Leave {option} out for all.'}"
        )
    return list(dict.fromkeys(label for label in names.values() if label))


def hint(unknown: Iterable[str], known: Sequence[str]) -> str:
    """`; did you mean Pneumonia?` if unknown names are close to known labels, else ""."""
    labels = {letters_of(label): label for label in known}
    near = [get_close_matches(letters_of(name), labels, n=1) for name in unknown]
    meant = dict.fromkeys(labels[each] for match in near for each in match)
    return f"; did you mean {', '.join(meant)}?" if meant else ""


def near_misses(labels: Sequence[str]) -> list[str]:
    """A note for each pair of labels that differ in few letters: one may be misspelled."""
    if len(labels) > MOST_PAIRED:
        return []
    return [
        f"labels {one} and {other} differ in few letters; if one is misspelled, correct it in the"
        " label table"
        for one, other in combinations(labels, 2)
        if are_near(one, other)
    ]


def are_near(one: str, other: str) -> bool:
    """Whether two labels differ, but in few letters: one of them may be misspelled."""
    letters, others = ("".join(filter(str.isalpha, name.lower())) for name in (one, other))
    alike = SequenceMatcher(None, letters, others)
    return len(letters) >= LETTERS and 1 > alike.ratio() >= ALIKE


def named_as(images: Images, labels: Sequence[str]) -> Images:
    """The images with their labels, and those of boxes, spelled like these where they match."""
    names = {name: spelled(name, labels) or name for name in images.label_names}
    if len(set(names.values())) < len(names):
        return images
    boxed = images.boxes["label"].map(lambda name: spelled(name, labels) or name)
    boxes = images.boxes.assign(label=boxed.astype(object))
    return replace(images, label_names=tuple(names.values()), boxes=boxes)
