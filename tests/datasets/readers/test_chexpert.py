import gzip

import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.options import Reading
from datasets.readers.chexpert import Chexpert
from errors import BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


@pytest.mark.parametrize("prefix", ["CheXpert-v1.0", "CheXpert-v1.0-small"])
def test_either_path_prefix_is_understood(tmp_path, prefix):
    images = read(fakes.chexpert(tmp_path, prefix))
    assert images.ids[0] == "train/patient00001/study1/view1_frontal.jpg"
    assert len(images) == 5


def test_the_folder_above_will_do_too(tmp_path):
    fakes.chexpert(tmp_path / "CheXpert-v1.0-small")
    assert len(read(tmp_path)) == 5


def test_patients_come_from_the_path(tmp_path):
    assert read(fakes.chexpert(tmp_path)).patients.tolist() == [
        *("patient00001", "patient00002", "patient00002", "patient00003", "patient64541"),
    ]


def test_images_of_one_visit_are_a_study(tmp_path):
    studies = read(fakes.chexpert(tmp_path)).studies.tolist()
    assert studies[1:4] == [*["train/patient00002/study1"] * 2, "train/patient00003/study1"]


def test_blank_is_absent_and_uncertain_is_ignored_by_default(tmp_path):
    images = read(fakes.chexpert(tmp_path))
    np.testing.assert_array_equal(images.labels, [[1, 0], [np.nan, 0], [0, np.nan], [0, 1], [1, 0]])


def test_u_ones_for_one_label_and_the_counts_are_told(tmp_path):
    images = read(fakes.chexpert(tmp_path), uncertain="zeros,Edema=ones", blank="ignore")
    assert images.labels[1].tolist() == [0, 0]
    assert images.labels[2].tolist() == [0, 1]
    assert images.notes[0] == "uncertain (-1): Cardiomegaly 1 to zeros, Edema 1 to ones"
    assert images.notes[1] == "blank: Cardiomegaly 1 to ignore, Edema 1 to ignore"


def test_lateral_images_are_told_from_frontal_ones(tmp_path):
    images = read(fakes.chexpert(tmp_path))
    assert images.meta["view"].tolist() == ["AP", "PA", "LATERAL", "AP", "AP"]


def test_the_valid_table_judges_and_the_name_says_so(tmp_path):
    images = read(fakes.chexpert(tmp_path))
    assert images.ids[images.test].tolist() == ["valid/patient64541/study1/view1_frontal.jpg"]
    assert "tested on valid.csv" in images.split_name


def test_a_path_without_a_patient_is_refused(tmp_path):
    root = fakes.chexpert(tmp_path)
    table = root / "train.csv"
    table.write_text(table.read_text().replace("patient00003", "someone"))
    with pytest.raises(BadTable, match="someone"):
        read(root)


def test_tables_that_spell_the_path_column_differently_are_read_together(tmp_path):
    table = fakes.chexpert(tmp_path) / "train.csv"
    table.write_text(table.read_text().replace("Path", "PATH", 1))
    assert len(read(tmp_path, format="chexpert")) == 5


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_an_id_that_no_file_can_have_for_its_name_is_an_image_without_image(tmp_path, name):
    root = fakes.chexpert(tmp_path)
    row = (root / "train.csv").read_text().splitlines()[1]
    path = row.split(",")[0]
    with (root / "train.csv").open("a") as table:
        table.write(row.replace(path, f"{path.rsplit('/', 1)[0]}/{name}.jpg") + "\n")
    images = read(root, split="random")
    assert [image.reason for image in images.skipped] == ["no image file"]


@pytest.mark.real
def test_the_whole_training_table_is_read_as_pandas_counts_it(real_data, tmp_path):
    table = pd.read_csv(real_data / "tables" / "chexpert_train.csv.gz")
    packed = (real_data / "tables" / "chexpert_train.csv.gz").read_bytes()
    (tmp_path / "train.csv").write_bytes(gzip.decompress(packed))
    options = Reading(data=tmp_path, images=False, uncertain="ones,Edema=zeros,Pneumonia=ignore")
    images = Chexpert.load(tmp_path, options)
    assert (len(images), len(set(images.patients))) == (len(table), 64_540) == (223_414, 64_540)
    assert len(set(images.studies)) == table["Path"].str.rsplit("/", n=1).str[0].nunique()
    values = table[list(images.label_names)]
    ones = (values == 1).sum() + (values == -1).sum()
    ones[["Edema", "Pneumonia"]] = (values[["Edema", "Pneumonia"]] == 1).sum()
    np.testing.assert_array_equal((images.labels == 1).sum(axis=0), ones)
    ignored = np.isnan(images.labels).sum(axis=0)
    assert dict(zip(images.label_names, ignored, strict=True))["Pneumonia"] == 18_770
    assert ignored.sum() == 18_770
