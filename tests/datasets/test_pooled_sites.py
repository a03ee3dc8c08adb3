from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.images import TEST, TRAIN, VALIDATION, Split
from datasets.pooled_sites import by_site, of_several_sites, pooled
from errors import InvalidOption
from tests import fakes

NAN = np.nan
SETS = np.array([TRAIN, TRAIN, VALIDATION, TEST], object)


def site(name, names, labels=None, **changes):
    labels = np.eye(4)[:, : len(names)] if labels is None else np.array(labels, float)
    made = fakes.images(labels, ["p", "p", "q", "r"], label_names=tuple(names), source=name)
    return replace(made, split=Split("given", SETS), **changes)


FIRST = site("first", ["Edema", "Mass"])
SECOND = site("second", ["Pleural Effusion", "Pulmonary edema"])


@pytest.fixture(scope="module")
def both():
    return pooled([FIRST, SECOND])


def test_labels_that_mean_the_same_are_one_and_missing_ones_are_not_reported(both):
    assert both.label_names[:2] == ("Edema", "Mass")
    edema, mass = both.labels[:, 0], both.labels[:, 1]
    np.testing.assert_array_equal(edema, [1, 0, 0, 0, 0, 1, 0, 0])
    np.testing.assert_array_equal(mass, [0, 1, 0, 0, NAN, NAN, NAN, NAN])


def test_a_broader_finding_that_one_site_has_is_left_out_beside_its_parts(both):
    assert "Lung Lesion" not in both.label_names


def test_findings_that_are_only_nearly_the_same_are_noted():
    made = pooled([site("a", ["No Finding"]), site("b", ["NORMAL"])])
    assert made.label_names == ("No Finding",)
    assert sum(note.startswith("No Finding of") for note in made.notes) == 2


def test_each_image_knows_its_site_also_after_selection(both):
    assert both.select(np.array([0, 7])).sites.tolist() == ["first", "second"]
    assert FIRST.sites is None


def test_patients_of_one_name_at_two_sites_are_two(both):
    assert len(set(both.patients)) == 6


def test_each_site_keeps_its_split(both):
    assert both.sets.tolist() == [*SETS, *SETS]
    assert both.split_name == "first: given; second: given"


def test_findings_that_a_site_does_not_report_are_noted(both):
    assert any(note.startswith("not reported by second: Mass") for note in both.notes)


def test_two_data_sets_of_one_name_get_different_names():
    assert list(dict.fromkeys(pooled([FIRST, FIRST]).sites)) == ["first", "first (2)"]


def test_the_same_classes_stay_exclusive():
    classes = {"classes": ("NORMAL", "PNEUMONIA"), "label_names": ("PNEUMONIA",)}
    one, other = (
        replace(site(name, ["x"], [[1], [0], [1], [0]]), **classes) for name in ("a", "b")
    )
    made = pooled([one, other])
    assert len(made.classes) == 2
    np.testing.assert_array_equal(made.labels[:, 0], [1, 0, 1, 0] * 2)


def test_classes_beside_other_labels_become_labels():
    classes = {"classes": ("NORMAL", "PNEUMONIA"), "label_names": ("PNEUMONIA",)}
    one = replace(site("a", ["x"], [[1], [0], [1], [0]]), **classes)
    made = pooled([FIRST, one])
    assert made.classes == ()
    pneumonia = made.labels[4:, made.label_names.index("Pneumonia")]
    np.testing.assert_array_equal(pneumonia, [1, 0, 1, 0])


def test_images_of_an_earlier_site_are_left_out_with_their_patients(tmp_path):
    def placed(images, contents):
        paths = [tmp_path / f"{images.source}{row}.png" for row in range(4)]
        for path, content in zip(paths, contents, strict=True):
            Path(path).write_bytes(content)
        return replace(images, paths=np.array([*map(str, paths)], object))

    first = placed(FIRST, [b"a", b"b", b"c", b"d"])
    made = pooled([first, placed(SECOND, [b"e", b"c", b"f", b"g"])])
    assert (made.sites == "second").sum() == 2
    assert any(note.startswith("2 images of second were left out") for note in made.notes)


def test_a_site_that_is_left_out_is_the_test_set_and_the_others_train(both):
    first, second = by_site(both)
    assert first.name == "first left out"
    assert first.sets.tolist() == [TEST] * 4 + [TRAIN, TRAIN, VALIDATION, TRAIN]
    assert second.sets.tolist() == [TRAIN, TRAIN, VALIDATION, TRAIN] + [TEST] * 4


def test_images_in_no_set_stay_out_when_a_site_is_left_out():
    aside = replace(FIRST, split=Split("given", np.array(["", TRAIN, VALIDATION, TEST], object)))
    assert by_site(pooled([aside, SECOND]))[0].sets[0] == ""


def test_findings_of_one_site_are_left_out_where_a_site_is(both):
    shared = of_several_sites(both)
    assert shared.label_names == ("Edema",)
    assert "Mass" in shared.notes[-1]


def test_sites_without_a_finding_in_common_cannot_be_left_out():
    with pytest.raises(InvalidOption, match="a finding that two sites report"):
        of_several_sites(pooled([site("a", ["Mass"]), site("b", ["Hernia"])]))
