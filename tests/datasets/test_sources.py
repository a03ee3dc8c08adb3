import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets import loading, sources
from datasets.options import Reading, Work
from errors import DatasetNotFound, InvalidOption, StorageFailed
from tests import fakes

FRONTAL = np.full((64, 64), 40, np.uint8)
FRONTAL[:, 28:40] = 220


def test_without_data_the_drawn_images_are_drawn_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sources, "SYNTHETIC_IMAGES", 12)
    monkeypatch.setattr(sources, "SYNTHETIC_SIZE", 64)
    # So few films leave a part of the lists empty; a random split is enough here.
    options = Work(cache=tmp_path, split="random")
    first = sources.images_of(options)
    assert first.synthetic
    assert "synthetic" in sources.headline(first)
    assert "making 12 synthetic images" in capsys.readouterr().err
    assert sources.images_of(options).ids.tolist() == first.ids.tolist()
    assert "drawing" not in capsys.readouterr().err


def test_a_label_table_without_images_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="Add --data FOLDER"):
        sources.images_of(Work(cache=tmp_path, label_table=tmp_path / "labels.csv"))


def test_the_headline_does_not_call_real_images_synthetic(tmp_path):
    images = sources.images_of(Work(data=fakes.nih(tmp_path)))
    assert sources.headline(images) == f"{tmp_path.name}: 6 images"


def test_labels_of_a_data_set_are_spelled_as_the_bundles(tmp_path, capsys):
    images = sources.images_for(Work(data=fakes.nih(tmp_path)), ("CARDIOMEGALY", "Gout"))
    assert "CARDIOMEGALY" in images.label_names
    assert "Cardiomegaly" not in images.label_names
    assert "warning" not in capsys.readouterr().err


def test_a_bundle_that_shares_no_label_with_a_data_set_is_pointed_out(tmp_path, capsys):
    sources.images_for(Work(data=fakes.nih(tmp_path)), ("Gout", "Rickets"))
    told = " ".join(capsys.readouterr().err.split())
    assert f"the bundle and {tmp_path.name} have no label in common" in told
    assert "The bundle has Gout, Rickets;" in told


def test_images_that_do_not_decode_are_listed_with_their_reason(tmp_path):
    root = fakes.nih(tmp_path)
    (root / "images" / fakes.NIH_IDS[2]).write_text("no picture")
    images = sources.checked(loading.load(Reading(data=root)), jobs=2)
    assert len(images) == 5
    assert images.skipped == ((fakes.NIH_IDS[2], "neither PNG, JPEG nor DICOM"),)


def test_negatives_are_named_and_kept(tmp_path):
    root = fakes.nih(tmp_path)
    negative = np.full((64, 64), 200, np.uint8)
    negative[:, 28:40] = 20
    Image.fromarray(negative).save(root / "images" / fakes.NIH_IDS[3])
    images = sources.checked(loading.load(Reading(data=root)), jobs=1)
    assert len(images) == 6
    assert images.notes[-1] == f"1 image with black bones, as in a negative: {fakes.NIH_IDS[3]}"


def test_images_that_show_nothing_are_named_by_what_they_are(tmp_path):
    root = fakes.nih(tmp_path)
    for name, levels in zip(fakes.NIH_IDS, ((0, 3), (252, 255), (90, 93), (0, 4)), strict=False):
        plane = np.full((64, 64), levels[0], np.uint8)
        plane[:9] = levels[1]
        Image.fromarray(plane).save(root / "images" / name)
    colour = Image.new("RGB", (64, 64), (200, 30, 30))
    colour.save(root / "images" / fakes.NIH_IDS[4])
    images = sources.checked(loading.load(Reading(data=root)), jobs=1)
    assert images.notes[-3:] == (
        f"1 image all black: {fakes.NIH_IDS[0]}",
        f"1 image all white: {fakes.NIH_IDS[1]}",
        f"2 images of one grey level: {fakes.NIH_IDS[2]}, {fakes.NIH_IDS[4]}",
    )
    assert len(images) == 6


def test_a_monochrome1_that_was_not_inverted_is_named(tmp_path):
    root = fakes.dicom(tmp_path)
    fakes.write_dicom(root / "f2.dcm", FRONTAL, PhotometricInterpretation="MONOCHROME1")
    images = sources.checked(loading.load(Reading(data=root)), jobs=1)
    told = "1 image marked MONOCHROME1 but stored with white bones, so not inverted: f2.dcm"
    assert images.notes[-1] == told


def test_an_earlier_list_of_skipped_images_does_not_outlive_its_run(tmp_path):
    (tmp_path / "skipped.csv").write_text("id,reason\nold,gone\n")
    sources.write_skipped(loading.load(Reading(data=fakes.nih(tmp_path / "films"))), tmp_path)
    assert (tmp_path / "skipped.csv").read_text() == "id,reason\n"


def test_all_cores_are_used_unless_told_otherwise():
    assert sources.cores(0) == os.cpu_count()
    assert sources.cores(3) == 3


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="or name another folder with --out or --cache"):
        sources.folder(tmp_path / "file" / "out")


def test_files_are_images_of_which_nothing_else_is_known():
    paths = [Path("a/film.png"), Path("b.dcm"), Path("a/film.png")]
    images = sources.images_of_files(paths, ("Mass", "Edema"))
    assert images.ids.tolist() == ["film.png", "b.dcm"]
    assert images.paths.tolist() == ["a/film.png", "b.dcm"]
    assert images.labels.shape == (2, 2)
    assert np.isnan(images.labels).all()
    assert images.meta["age"].isna().all()


def test_images_of_which_none_is_there_are_refused_and_one_is_enough(tmp_path):
    (tmp_path / "here.png").touch()
    gone = [tmp_path / "gone.png", tmp_path / "away.png"]
    with pytest.raises(DatasetNotFound, match=r"none of 2 files, such as \S+gone\.png"):
        sources.images_named(gone, ())
    assert len(sources.images_named([*gone, tmp_path / "here.png"], ())) == 3


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 images"), (1, "1 image"), (1216, "1,216 images")]
)
def test_one_image_is_counted_as_one(number, told):
    assert sources.counted(number, "image") == told


def test_files_of_one_name_are_told_by_their_paths():
    images = sources.images_of_files([Path("a/film.png"), Path("b/film.png")], ())
    assert images.ids.tolist() == ["a/film.png", "b/film.png"]


def test_drawn_images_are_known_with_and_without_a_folder(tmp_path):
    assert sources.are_synthetic(Work())
    assert not sources.are_synthetic(Work(data=tmp_path))
    (tmp_path / loading.SYNTHETIC).write_text("")
    assert sources.are_synthetic(Work(data=tmp_path))
