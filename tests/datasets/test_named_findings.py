import numpy as np
import pytest

from datasets.named_findings import labelled


def test_whole_names_decide_and_not_parts_of_them():
    found = labelled([["pseudonodule"], ["nodule"], ["subcutaneous emphysema"]], "padchest")
    assert found.names == ("Lung Lesion", "Nodule")
    np.testing.assert_array_equal(found.labels, [[0, 0], [1, 1], [0, 0]])


def test_several_names_may_mean_one_finding_and_one_name_several():
    found = labelled([["lobar atelectasis", "atelectasis"], ["hydropneumothorax"]], "padchest")
    assert found.names == ("Atelectasis", "Effusion", "Pneumothorax")
    np.testing.assert_array_equal(found.labels, [[1, 0, 0], [0, 1, 1]])


def test_an_image_without_names_reports_nothing():
    found = labelled([None, ["nodule"]], "padchest")
    assert np.isnan(found.labels[0]).all()
    assert "1 images in all have no usable report" in found.notes[-1]


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("Opacity/lung/base/left", ("Lung Opacity",)),
        ("Opacity/abdomen", ()),
        ("Cardiomegaly/mild", ("Cardiomegaly",)),
        ("Mass/lung", ("Lung Lesion", "Mass")),
    ],
)
def test_a_term_means_what_its_longest_known_beginning_means(term, names):
    assert labelled([[term]], "openi").names == names


def test_names_without_a_finding_are_counted_by_their_headings():
    found = labelled([["Spine/degenerative", "Spine"], ["Kyphosis"]], "openi")
    assert found.names == ()
    assert found.notes[1] == (
        "2 other names of reports are no label, most often Spine (2), Kyphosis (1)"
    )


def test_findings_that_names_mean_only_approximately_are_listed():
    notes = labelled([["nodule"]], "padchest").notes
    assert notes[0].endswith("some of them only approximately: Lung Lesion")


def test_a_table_of_ones_own_adds_findings_and_takes_some_away(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("name,finding\nscoliosis,Scoliosis\nnodule,Nodule\n")
    found = labelled([["scoliosis", "nodule"], ["normal"]], "padchest", table)
    assert found.names == ("No Finding", "Nodule", "Scoliosis")
