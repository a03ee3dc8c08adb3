import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadTable, InvalidOption
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def of(images, finding):
    return images.labels[:, images.label_names.index(finding)].tolist()


def test_a_finding_counts_from_the_votes_of_most_readers(tmp_path):
    images = read(fakes.vindr(tmp_path))
    assert images.ids.tolist() == ["v1", "v2", "v3", "v4", "v5"]
    assert of(images, "Nodule/Mass") == [1, 0, 0, 1, 0]
    assert of(images, "Pleural effusion") == [0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("votes", "nodule", "effusion"),
    [
        ("any", [1, 0, 0], [1, 0, 1]),
        ("majority", [1, 0, 0], [0, 0, 1]),
        ("all", [0, 0, 0], [0, 0, 1]),
        ("agreed", [np.nan, 0, 0], [np.nan, 0, 1]),
    ],
)
def test_votes_decide_how_many_readers_must_see_a_finding(tmp_path, votes, nodule, effusion):
    images = read(fakes.vindr(tmp_path), votes=votes)
    np.testing.assert_array_equal(of(images, "Nodule/Mass")[:3], nodule)
    np.testing.assert_array_equal(of(images, "Pleural effusion")[:3], effusion)


def test_the_two_names_of_other_diseases_are_one(tmp_path):
    images = read(fakes.vindr(tmp_path), votes="any")
    assert images.label_names[-2:] == ("Other disease", "No Finding")
    assert of(images, "Other disease") == [0, 0, 1, 1, 0]


def test_the_test_images_are_those_of_the_test_table(tmp_path):
    images = read(fakes.vindr(tmp_path))
    assert images.ids[images.test].tolist() == ["v4", "v5"]
    assert images.split_name.startswith("VinDr-CXR's")


def test_boxes_are_fractions_of_the_sizes_in_headers(tmp_path):
    boxes = read(fakes.vindr(tmp_path)).boxes
    first = boxes.iloc[0]
    assert (first["id"], first["label"]) == ("v1", "Nodule/Mass")
    assert first[["x", "y", "width", "height"]].tolist() == [8 / 64, 16 / 64, 16 / 64, 16 / 64]
    # Two of v1's nodule, one of v3's effusion, one of v4; v1's effusion lost the vote.
    assert boxes["id"].tolist() == ["v1", "v1", "v3", "v4"]


def test_boxes_of_findings_that_lost_the_vote_are_counted(tmp_path):
    notes = read(fakes.vindr(tmp_path)).notes
    assert "1 boxes left out: the vote did not confirm their finding" in notes


def test_the_form_of_kaggle_has_a_row_for_each_box(tmp_path):
    images = read(fakes.vindr_kaggle(tmp_path))
    assert images.format == "vindr"
    assert images.label_names == ("ILD", "Nodule/Mass", "No Finding")
    np.testing.assert_array_equal(images.labels, [[0, 1, 0], [0, 0, 1], [0, 0, 1]])
    # Two boxes of one reader are one vote.
    assert len(images.boxes) == 3


def test_boxes_of_images_that_were_made_smaller_need_a_table_of_sizes(tmp_path):
    root = fakes.vindr_kaggle(tmp_path)
    for number in range(1, 4):
        fakes.write_picture(root / "train" / f"k{number}.png", number, size=32)
    assert any(note.startswith("2 boxes left out: they do not fit") for note in read(root).notes)
    (root / "train_meta.csv").write_text("image_id,dim0,dim1\nk1,64,128\nk2,64,64\nk3,64,64\n")
    boxes = read(root).boxes
    assert boxes.iloc[0][["x", "y"]].tolist() == [8 / 128, 16 / 64]


def test_notes_count_what_each_rule_takes_for_present(tmp_path):
    images = read(fakes.vindr(tmp_path))
    assert images.notes[0].endswith("any 6, majority 4, all 3")
    assert "1 in 2 images, 3 in 3 images; readers disagree in 2 images" in images.notes[1]


def test_an_unknown_rule_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="--votes"):
        read(fakes.vindr(tmp_path), votes="mean")


def test_labels_that_are_not_zero_or_one_are_refused(tmp_path):
    root = fakes.vindr(tmp_path)
    table = root / "annotations" / "image_labels_train.csv"
    table.write_text(fakes.VINDR_TRAIN.replace("v1,R1,1", "v1,R1,2"))
    with pytest.raises(BadTable, match="must be 0 or 1"):
        read(root)


@pytest.mark.real
@pytest.mark.parametrize(
    ("votes", "positives"), [("any", 15_365), ("majority", 8_825), ("all", 5_266)]
)
def test_the_real_table_has_the_counts_that_pandas_gives(real_data, tmp_path, votes, positives):
    table = real_data / "tables" / "vindr_kaggle_train.csv.gz"
    (tmp_path / "train.csv.gz").symlink_to(table)
    images = read(tmp_path, votes=votes, images=False)
    assert (len(images), len(images.label_names)) == (15_000, 15)
    assert images.labels[:, :-1].sum() == positives
    frame = pd.read_csv(table)
    frame = frame[frame["class_name"] != "No finding"]
    readers = frame.drop_duplicates(["image_id", "class_name", "rad_id"])
    counts = readers.value_counts(["image_id", "class_name"])
    assert (counts >= {"any": 1, "majority": 2, "all": 3}[votes]).sum() == positives
