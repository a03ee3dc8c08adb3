from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from datasets import corrections
from evaluation.label_errors import expected
from evaluation.truth import Truth
from reports import label_audit_files
from reports.label_audit_files import Audited, figures, suspects, write
from tests import fakes

N_IMAGES, NAMES = 60, ("Edema", "=Mass")
SUSPECT = 7


@pytest.fixture
def images():
    labels = np.tile([[1.0, 0.0], [0.0, 1.0]], (N_IMAGES // 2, 1))
    labels[3, 1] = np.nan
    return fakes.images(labels, label_names=NAMES)


@pytest.fixture
def audited(images):
    """Of the film 7, both labels are wrong."""
    truth = Truth(images.ids, images.patients, images.labels, NAMES)
    rng = np.random.default_rng(0)
    probabilities = np.abs(
        np.nan_to_num(images.labels) - rng.uniform(0.05, 0.4, images.labels.shape)
    )
    probabilities[SUSPECT] = 1 - probabilities[SUSPECT]
    return Audited(truth, probabilities, ["cnn"], *expected(truth, probabilities, n_replicates=39))


def test_the_most_suspect_entries_of_every_label_come_first(audited):
    table = suspects(audited)
    columns = ["image", "label", "current", "probability", "rank", "corrected"]
    assert table.columns.tolist() == columns
    first = table[table["rank"] == 1]
    assert first.index.tolist() == [0, 1, 2, 3]
    assert first["label"].tolist() == ["Edema", "Edema", "=Mass", "=Mass"]
    assert first["current"].tolist() == [1, 0, 1, 0]
    wrong = first[first["current"] == np.repeat(audited.truth.labels[SUSPECT], 2)]
    assert wrong["image"].tolist() == [f"film{SUSPECT}"] * 2


def test_as_many_are_listed_as_may_be_wrong_within_limits(audited, monkeypatch):
    assert len(suspects(audited)) == 4 * label_audit_files.FEWEST
    monkeypatch.setattr(label_audit_files, "FEWEST", 40)
    # Thirty images have Edema and as many are without it; of one image Mass is not reported.
    assert len(suspects(audited)) == 119
    many = audited.expected[0]._replace(present=25.2)
    monkeypatch.setattr(label_audit_files, "FEWEST", 0)
    table = suspects(replace(audited, expected=[many._replace(absent=np.nan)] * 2))
    assert len(table) == 2 * 26


def test_entries_that_are_not_reported_are_not_listed(audited, monkeypatch):
    monkeypatch.setattr(label_audit_files, "FEWEST", N_IMAGES)
    table = suspects(audited)
    assert not ((table["image"] == "film3") & (table["label"] == "=Mass")).any()


def test_images_are_ranked_with_their_most_suspect_label(audited):
    first = audited.ranked.iloc[0]
    assert (first["image"], first["rank"]) == (f"film{SUSPECT}", 1)
    assert first["quality"] == audited.ranked["quality"].min()


def test_figures_count_images_entries_and_rows(audited):
    audit = figures(audited)
    assert (audit.images, audit.listed) == (N_IMAGES, 4 * label_audit_files.FEWEST)
    assert [each.entries for each in audit.labels.values()] == [N_IMAGES, N_IMAGES - 1]
    assert audit.first[0].image == f"film{SUSPECT}"


def test_without_files_of_images_there_is_a_reason_and_no_sheet(audited, images, tmp_path):
    audit, sheets = write(audited, images, tmp_path, 1)
    assert (audit.no_pictures, sheets) == ("no image files are at hand", [])
    assert {path.name for path in (tmp_path / "audit").iterdir()} == {"suspects.csv", "images.csv"}


def test_contact_sheets_show_images_that_can_be_read(audited, images, tmp_path):
    path = tmp_path / "image.png"
    Image.fromarray(fakes.picture(0)).save(path)
    images = replace(images, paths=np.full(N_IMAGES, str(path), object))
    audit, (sheet,) = write(audited, images, tmp_path, 1)
    assert audit.no_pictures is None
    assert sheet.path == tmp_path / "audit" / "sheet-1.png"
    assert sheet.path.is_file()


def test_the_table_is_read_back_once_it_is_filled_in(audited, images, tmp_path):
    write(audited, images, tmp_path, 1)
    path = tmp_path / "audit" / "suspects.csv"
    table = pd.read_csv(path, dtype=str)
    wrong = table["image"] == f"film{SUSPECT}"
    table["corrected"] = np.where(wrong, 1 - table["current"].astype(int), np.nan)
    table.to_csv(path, index=False)
    found = corrections.applied(images, path)
    np.testing.assert_array_equal(found.labels[SUSPECT], 1 - images.labels[SUSPECT])
    assert len(found.corrections) == 2


def test_a_table_that_was_filled_in_is_never_replaced(audited, images, tmp_path):
    for _ in range(2):
        write(audited, images, tmp_path, 1)
    path = tmp_path / "audit" / "suspects.csv"
    assert len([*path.parent.glob("suspects*")]) == 1
    filled = pd.read_csv(path).assign(corrected=1)
    filled.to_csv(path, index=False)
    write(audited, images, tmp_path, 1)
    pd.testing.assert_frame_equal(pd.read_csv(path), filled)
    assert path.with_name("suspects-2.csv").is_file()
