"""What must hold for the fields of bundle.json, so that a forged one is refused."""

from pathlib import Path
from typing import Any

from datasets import tasks
from errors import BundleUnusable
from models.bundle_manifest import CONTENTS, Manifest

MOST_LABELS = 10_000


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _are_labels(value: Any) -> bool:
    texts = isinstance(value, list) and all(each and isinstance(each, str) for each in value)
    return texts and 0 < len(set(value)) == len(value) <= MOST_LABELS


def _are_thresholds(value: Any) -> bool:
    return isinstance(value, list) and all(
        each is None or (isinstance(each, int | float) and 0 <= each <= 1) for each in value
    )


def _are_classes(value: Any) -> bool:
    return value == [] or (_are_labels(value) and len(value) > 1)


def _are_views(value: Any) -> bool:
    facts = {"kind": _is_text, "recipe": _is_table, "options": _is_table}
    return _is_table(value) and all(
        _is_table(view) and view.keys() == facts.keys() and all(facts[k](view[k]) for k in facts)
        for view in value.values()
    )


# What must hold for each field of bundle.json, and for those that only exclusive classes have.
SOUND = {
    **{"classifier": _is_text, "data": _is_text, "split": _is_text, "options": _is_table},
    **{"labels": _are_labels, "thresholds": _are_thresholds, "views": _are_views},
}
OF_CLASSES = {"task": lambda value: value == tasks.EXCLUSIVE, "classes": _are_classes}


def check_contents(manifest: Manifest, folder: Path) -> None:
    """Refuse an intact bundle.json that `train` would not write."""
    wrong = [
        name for name, sound in SOUND.items() if name not in manifest or not sound(manifest[name])
    ]
    wrong += [
        name for name in OF_CLASSES if name in manifest and not OF_CLASSES[name](manifest[name])
    ]
    if not wrong and len(manifest["thresholds"]) != len(manifest["labels"]):
        wrong = ["thresholds"]
    if not wrong and not _fit(manifest["labels"], manifest.get("classes", [])):
        wrong = ["classes"]
    if wrong:
        raise BundleUnusable(
            f"{folder / CONTENTS} must be as `train` writes it; its {' and '.join(wrong)} cannot be"
            " used. Do not trust this bundle, or train it again."
        )


def _fit(labels: list[str], classes: list[str]) -> bool:
    """Whether labels are all of the classes, or one of two."""
    one_of_two = len(classes) == 2 and len(labels) == 1 and labels[0] in classes
    return not classes or one_of_two or (len(classes) > 2 and labels == classes)
