import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadTable, InvalidOption
from tests import fakes

HEADER = "Image Index,Fracture,Pneumothorax,Airspace opacity,Nodule or mass,Set Id\n"
ROWS = "00000003_000.png,NO,NO,NO,YES,val\n00000004_000.png,YES,NO,YES,NO,test\n"


@pytest.fixture
def read(tmp_path):
    root = fakes.nih(tmp_path / "films")
    table = tmp_path / "experts.csv"

    def read(rows=ROWS, header=HEADER, **options):
        table.write_text(header + rows)
        return loading.load(Reading(data=root, relabels=table, **options))

    return read


def test_images_that_experts_read_have_their_labels(read):
    images = read()
    assert images.label_names == ("Fracture", "Pneumothorax", "Airspace opacity", "Nodule or mass")
    rows = images.rows(np.array(["00000003_000.png", "00000004_000.png"], object))
    np.testing.assert_array_equal(images.labels[rows], [[0, 0, 0, 1], [1, 0, 1, 0]])


def test_other_training_images_keep_the_nearest_labels_of_reports(read):
    images = read()
    (row,) = images.rows(np.array(["00000001_001.png"], object))
    np.testing.assert_array_equal(images.labels[row], [np.nan, 0, 0, 0])


def test_other_test_images_have_no_labels(read):
    images = read()
    (row,) = images.rows(np.array(["00000005_000.png"], object))
    assert images.sets[row] == "test"
    assert np.isnan(images.labels[row]).all()


def test_the_labels_of_reports_may_be_kept(read):
    images = read(truth="reports")
    assert "Hernia" in images.label_names
    assert images.notes[-1] == "truth: labels of reports"


def test_notes_say_how_far_experts_and_reports_agree(read):
    notes = read(truth="reports").notes
    # Reports see an infiltration in 3, experts none; in 4 it is the other way round.
    assert any(
        note.startswith(
            "Airspace opacity: experts and reports agree on 0 of 2 images; only experts"
            " see it in 1, only reports in 1"
        )
        for note in notes
    )


@pytest.mark.parametrize(
    "rows", [ROWS.replace("YES", "MAYBE"), ROWS + ROWS, "x.png,NO,NO,NO,NO,val\n"]
)
def test_a_table_of_other_answers_or_images_is_refused(read, rows):
    with pytest.raises(BadTable):
        read(rows)


def test_an_unknown_truth_is_refused(read):
    with pytest.raises(InvalidOption, match="--truth"):
        read(truth="guesses")


@pytest.mark.real
def test_the_real_table_has_the_counts_that_pandas_gives(real_data):
    table = real_data / "tables" / "google2019_nih_relabels.csv.gz"
    options = Reading(data=real_data / "nih_metadata", images=False, relabels=table)
    images = loading.load(options)
    frame = pd.read_csv(table).set_index("Image Index")
    assert len(frame) == 4_376
    # The official split puts Google's validation images in the training lists.
    assert (frame["Set Id"] == "test").sum() == (~np.isnan(images.labels[images.test])).all(1).sum()
    rows = images.rows(frame.index.to_numpy(object))
    for column, name in enumerate(images.label_names):
        np.testing.assert_array_equal(images.labels[rows, column], frame[name] == "YES")
