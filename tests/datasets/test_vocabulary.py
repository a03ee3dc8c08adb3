from itertools import product

import numpy as np
import pandas as pd
import pytest

from datasets import chexpert_labels, vocabulary
from datasets.readers import nih
from errors import BadTable, InvalidOption
from tests import fakes


def found(label, data_set="any"):
    return [(each.finding, each.approximate) for each in vocabulary.meanings(label, data_set)]


def of(names, labels, layout="nih", **changes):
    return fakes.images(np.array(labels, float), label_names=tuple(names), format=layout, **changes)


@pytest.mark.parametrize(
    ("label", "data_set", "finding"),
    [
        ("Pleural Effusion", "chexpert", "Effusion"),
        ("Effusion", "nih", "Effusion"),
        ("pleural effusion", "padchest", "Effusion"),
        ("PLEURAL_EFFUSION", "ground_truth", "Effusion"),
        ("Pleural thickening", "vindr", "Pleural Thickening"),
        ("Airspace Opacity", "mimic_cxr_jpg", "Lung Opacity"),
    ],
)
def test_one_finding_has_many_names(label, data_set, finding):
    assert found(label, data_set) == [(finding, False)]


def test_a_mass_is_a_mass_and_approximately_a_lung_lesion():
    assert found("Mass", "nih") == [("Mass", False), ("Lung Lesion", True)]


def test_a_label_of_no_table_keeps_its_name():
    assert found("Aortic enlargement", "vindr") == [("Aortic enlargement", False)]


def test_nih_and_chexpert_share_seven_findings_exactly():
    pairs = product(nih.LABELS, chexpert_labels.LABELS)
    same = {
        finding
        for one, other in pairs
        for finding, approximate in set(found(one, "nih")) & set(found(other, "chexpert"))
        if not approximate
    }
    assert same == {
        *("Atelectasis", "Cardiomegaly", "Consolidation", "Edema"),
        *("Effusion", "Pneumonia", "Pneumothorax"),
    }


def test_every_label_of_nih_and_chexpert_is_decided_with_a_source():
    for data_set, labels in (("nih", nih.LABELS), ("chexpert", chexpert_labels.LABELS)):
        sources = {each.source for name in labels for each in vocabulary.meanings(name, data_set)}
        assert sources.isdisjoint({"", vocabulary.OWN_NAME})


def test_no_decision_of_the_table_is_there_twice():
    frame = pd.read_csv(vocabulary.TABLE)
    assert not frame.duplicated(["data_set", "name", "finding"]).any()
    assert set(frame["approximate"].fillna("")) == {"", "yes"}


def test_a_finding_of_two_labels_is_present_if_one_is_and_absent_if_both_are():
    nan = np.nan
    images = of(["Mass", "Nodule"], [[1, 0], [0, 0], [nan, 1], [nan, 0], [nan, nan]])
    mapped = vocabulary.common(images)
    lesion = mapped.images.labels[:, mapped.images.label_names.index("Lung Lesion")]
    np.testing.assert_array_equal(lesion, [1, 0, 1, nan, nan])
    assert mapped.names["Lung Lesion"] == ["Mass", "Nodule"]
    assert mapped.approximate.keys() == {"Lung Lesion"}


def test_a_table_of_changes_goes_before_the_vocabulary(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("name,finding\nMass,Tumour\nNodule,\n")
    names = vocabulary.common(of(["Mass", "Nodule", "Effusion"], np.eye(3)), table).names
    assert names == {"Tumour": ["Mass"], "Nodule": ["Nodule"], "Effusion": ["Effusion"]}


def test_a_change_may_be_of_one_data_set_only(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("data set,name,finding,approximate\nvindr,Mass,Tumour,yes\n")
    tables = [vocabulary.read(table), vocabulary.built_in()]
    assert [each.finding for each in vocabulary.meanings("Mass", "vindr", tables)] == ["Tumour"]
    assert vocabulary.meanings("Mass", "vindr", tables)[0].approximate
    assert vocabulary.meanings("Mass", "nih", tables)[0].finding == "Mass"


def test_one_data_set_keeps_its_names_without_a_table():
    images = of(["Pleural Effusion"], [[1]])
    assert vocabulary.renamed(images, None) is images


def test_a_table_renames_labels_and_boxes_and_a_note_lists_them(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("label,name,finding\n,mass,Lesion\n,nodule,Lesion\n")
    boxes = pd.DataFrame({"id": "film0", "label": ["Mass", "Hernia"]})
    images = of(["Mass", "Nodule", "Hernia"], np.eye(3), boxes=boxes)
    made = vocabulary.renamed(images, table)
    assert made.label_names == ("Lesion", "Hernia")
    np.testing.assert_array_equal(made.labels, [[1, 0], [1, 0], [0, 1]])
    assert made.boxes["label"].tolist() == ["Lesion", "Hernia"]
    assert made.notes[-1] == "labels renamed by map.csv: Lesion from Mass or Nodule"


def test_a_table_that_renames_nothing_is_refused(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("name,finding\nGout,Arthritis\n")
    with pytest.raises(InvalidOption, match="must rename labels of made up, which has Mass"):
        vocabulary.renamed(of(["Mass"], [[1]]), table)


def test_a_table_without_its_columns_is_refused(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("a,b\n1,2\n")
    with pytest.raises(BadTable, match="must have a column 'name'"):
        vocabulary.renamed(of(["Mass"], [[1]]), table)


def test_labels_take_the_names_of_a_bundle_where_they_mean_the_same():
    boxes = pd.DataFrame({"id": "film0", "label": ["Pleural Effusion"]})
    images = of(["Pleural Effusion", "Lung Lesion"], np.eye(2), "chexpert", boxes=boxes)
    made = vocabulary.named_as(images, ["Mass", "Effusion"])
    assert made.label_names == ("Effusion", "Lung Lesion")
    assert made.boxes["label"].tolist() == ["Effusion"]
    assert made.notes[-1] == "same findings: Pleural Effusion is Effusion"


def test_labels_of_one_spelling_need_no_note():
    assert vocabulary.named_as(of(["MASS"], [[1]]), ["Mass"]).notes == ()


@pytest.mark.parametrize(("label", "meant"), [("Pnuemonia", "Pneumonia"), ("Cardiomegally", None)])
def test_a_near_miss_of_a_known_finding_is_pointed_out(label, meant):
    (note,) = vocabulary.misspelled((label, "Effusion", "Gout"), "ground_truth")
    assert f"label {label} is no known finding; if {meant or 'Cardiomegaly'} is meant" in note


def test_known_findings_and_other_names_are_no_near_misses():
    assert vocabulary.misspelled((*nih.LABELS, "COVID", "Tuberculosis"), "ground_truth") == []
