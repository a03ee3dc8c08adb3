import numpy as np
import pytest

from datasets.shared_findings import shared
from errors import InvalidOption
from tests import fakes


def of(names, labels, layout="nih", **changes):
    return fakes.images(np.array(labels, float), label_names=tuple(names), format=layout, **changes)


NIH = of(["Edema", "Effusion", "No Finding", "Mass"], np.zeros((2, 4)))


def test_labels_are_the_known_ones_whatever_the_others_are_called():
    others = of(["Mass", "Pleural Effusion", "Fracture"], [[1, 0, 1], [0, 1, 1]], "chexpert")
    found = shared(NIH, others)
    assert found.images.label_names == ("Effusion", "Mass")
    assert found.images.labels.tolist() == [[0, 1], [1, 0]]
    assert found.made_of == {"Effusion": ["Pleural Effusion"], "Mass": ["Mass"]}
    assert found.notes[0] == "same findings under other names: Effusion from Pleural Effusion"


def test_labels_that_only_one_data_set_has_are_named():
    found = shared(NIH, of(["Mass", "Fracture"], [[1, 0]], "chexpert", source="others"))
    assert found.notes == [
        "labels not reported by others: Edema, Effusion, No Finding",
        "labels not evaluated, of others: Fracture",
    ]
    assert shared(NIH, NIH).notes == [
        note for note in shared(NIH, NIH).notes if "labels not" not in note
    ]


def test_a_finding_that_is_only_nearly_the_same_is_noted_with_the_reason():
    found = shared(NIH, of(["NORMAL", "Pneumonia"], [[1, 0]], "folders"))
    assert found.images.label_names == ("No Finding",)
    assert "No Finding (NIH: none of its 14 findings" in found.notes[1]
    assert "every data set defines it in its own way" in found.approximate["No Finding"]


def test_a_label_means_its_exact_finding_before_those_it_nearly_is():
    found = shared(NIH, of(["Lung Lesion", "Edema"], [[1, 0]], "chexpert"))
    assert found.images.label_names == ("Edema",)


def test_a_table_gives_equal_findings_one_name(tmp_path):
    (tmp_path / "map.csv").write_text("name,finding\nEdema,Wet lung\nnass,Wet lung\n")
    found = shared(NIH, of(["nass"], [[1], [0]], "ground_truth"), tmp_path / "map.csv")
    assert found.made_of == {"Edema": ["nass"]}
    assert found.images.labels.tolist() == [[1], [0]]


def test_without_a_shared_finding_both_vocabularies_are_listed():
    with pytest.raises(InvalidOption, match=r"has Edema, Effusion, .* has Fracture\. Pass --map"):
        shared(NIH, of(["Fracture"], [[1]], "ground_truth"))


def test_classes_of_the_others_do_not_remain():
    assert shared(NIH, of(["Edema"], [[1]], classes=("Edema", "Other"))).images.classes == ()


def test_labels_of_no_table_are_matched_without_regard_to_case():
    known = of(["my finding"], [[1]])
    assert shared(known, of(["My_Finding"], [[0]])).images.label_names == ("my finding",)
