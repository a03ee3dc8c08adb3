import re

import numpy as np
import pytest

from datasets import loading, scored_labels, splits
from datasets.options import Reading
from errors import DatasetNotFound
from tests import fakes


def test_a_table_and_its_folder_say_the_same_of_labels_and_patients(tmp_path):
    root = fakes.nih(tmp_path / "films")
    table = scored_labels.read(root / "Data_Entry_2017_v2020.csv", "")
    folder = scored_labels.read(root, "")
    assert table.patients.tolist() == folder.patients.tolist() == ["1", "1", "2", "3", "4", "5"]
    order = [table.label_names.index(name) for name in folder.label_names]
    np.testing.assert_array_equal(table.labels[:, order], folder.labels)
    assert table.meta["view"].tolist() == folder.meta["view"].tolist()


def test_no_image_is_needed(tmp_path):
    root = fakes.ground_truth(tmp_path / "films")
    (root / "xray_images" / "a.png").unlink()
    assert len(scored_labels.read(root, "")) == 6


def test_patients_of_dicoms_are_those_that_training_reads_from_headers(tmp_path):
    root = fakes.dicom(tmp_path / "films")
    known, labels = loading.load(Reading(data=root)), scored_labels.read(root, "")
    assert labels.patients_from == known.patients_from == "DICOM headers"
    assert labels.patients.tolist() == known.patients.tolist()
    assert labels.meta.to_dict() == known.meta.to_dict()


def test_images_without_a_readable_header_can_be_scored_still(tmp_path):
    root = fakes.dicom(tmp_path / "films")
    (root / "f1.dcm").unlink()
    (root / "f3.dcm").write_bytes(b"")
    images = scored_labels.read(root, "")
    assert images.ids.tolist() == [f"f{number}.dcm" for number in range(5)]
    assert images.patients[[1, 3]].tolist() == ["f1.dcm", "f3.dcm"]
    assert images.patients_from == "DICOM headers for some images"
    assert images.meta["sex"].tolist() == ["F", "", "F", "", "F"]


def test_drawn_images_are_synthetic_by_their_folder_and_by_their_table(tmp_path):
    root = fakes.nih(tmp_path / "films")
    table = root / "Data_Entry_2017_v2020.csv"
    assert not scored_labels.read(table, "").synthetic
    (root / "SYNTHETIC.txt").touch()
    assert scored_labels.read(root, "").synthetic
    assert scored_labels.read(table, "").synthetic


def test_a_table_that_is_not_there_raises(tmp_path):
    with pytest.raises(DatasetNotFound, match="no such file"):
        scored_labels.read(tmp_path / "labels.csv", "")


@pytest.mark.parametrize(
    ("n_images", "name"), [(2, r"lists in films \(\w+\)"), (1, ".*, 1 of its 2 test images")]
)
def test_test_images_go_by_the_name_of_their_split(tmp_path, n_images, name):
    images = scored_labels.read(fakes.nih(tmp_path / "films"), "")
    assert re.fullmatch(name, scored_labels.split_name(images, images.ids[4 : 4 + n_images]))


def test_other_images_go_by_their_digest(tmp_path):
    images = scored_labels.read(fakes.nih(tmp_path / "films"), "")
    digest = splits.digest_of(images.ids.tolist())[:8]
    told = scored_labels.split_name(images, images.ids)
    assert told == f"not a known split, 6 scored images ({digest})"


def test_images_for_training_among_those_scored_are_told(tmp_path):
    images = scored_labels.read(fakes.nih(tmp_path / "films"), "")
    assert scored_labels.notes(images, images.ids)[-1].startswith(
        "4 of 6 images are training images"
    )
    assert "training" not in "".join(scored_labels.notes(images, images.ids[4:]))


def test_a_table_without_patients_is_told_to_make_intervals_narrow(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("image,Edema\na,1\nb,0\n")
    images = scored_labels.read(path, "")
    assert "intervals too narrow" in scored_labels.notes(images, images.ids)[-1]
    images = scored_labels.read(path, "", "(.)")
    assert not scored_labels.notes(images, images.ids)


def test_images_of_a_folder_have_files_and_those_of_a_table_have_none(tmp_path):
    root = fakes.nih(tmp_path / "films")
    (root / "images" / "00000002_000.png").unlink()
    images = scored_labels.with_files(scored_labels.read(root, ""), root)
    here = {
        path: (root / "images" / name).is_file()
        for name, path in zip(images.ids, images.paths, strict=True)
    }
    assert here == {path: bool(path) for path in images.paths}
    table = root / "Data_Entry_2017_v2020.csv"
    assert not scored_labels.with_files(scored_labels.read(table, ""), table).paths.any()
