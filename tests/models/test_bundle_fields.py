from pathlib import Path

import pytest

from errors import BundleUnusable
from models.bundle_fields import check_contents

SOUND = {
    **{"classifier": "cnn", "data": "made up", "split": "random", "options": {}, "views": {}},
    **{"labels": ["A", "B", "C"], "thresholds": [0.5, None, 1]},
}


def test_fields_as_train_writes_them_are_accepted():
    check_contents(SOUND, Path("bundle"))


def test_all_classes_or_one_of_two_can_be_labels():
    exclusive = {"task": "exclusive"}
    check_contents(SOUND | exclusive | {"classes": ["A", "B", "C"]}, Path("bundle"))
    one = {"labels": ["B"], "thresholds": [0.5], "classes": ["A", "B"]}
    check_contents(SOUND | exclusive | one, Path("bundle"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labels", ["A", "A", "C"]),
        ("thresholds", [0.5]),
        ("thresholds", [0.5, 2, 1]),
        ("views", {"net": {}}),
        ("task", "binary"),
        ("classes", ["A", "B"]),
        ("classes", ["A", "B", "D"]),
        ("classes", "ABC"),
    ],
)
def test_a_forged_field_is_refused_by_its_name(name, value):
    with pytest.raises(BundleUnusable, match=rf"its {name} cannot be"):
        check_contents(SOUND | {name: value}, Path("bundle"))
