import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from datasets import splits
from datasets.images import CORRECTED_COLUMNS, TEST, TRAIN, VALIDATION, Split
from errors import BadSplit, BadTable, DatasetNotFound, InvalidOption
from tests import fakes

RNG = np.random.default_rng(0)
PATIENTS = [f"p{number}" for number in RNG.integers(0, 200, 600)]
LABELS = RNG.random((600, 3)) < (0.5, 0.2, 0.05)


@pytest.fixture
def images():
    return fakes.images(LABELS, PATIENTS)


def patients_in(images, part):
    return {
        name for name, inside in zip(images.patients, images.in_set(part), strict=True) if inside
    }


def test_a_pipe_is_no_saved_split_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "split.json")
    with pytest.raises(InvalidOption, match="it is a named pipe"):
        splits.load(tmp_path / "split.json", np.array(["a"], object))


def test_random_parts_share_no_patient(images):
    images = splits.resolve(images, "random", seed=3)
    train, validation, test = (patients_in(images, part) for part in (TRAIN, VALIDATION, TEST))
    assert train | validation | test == set(PATIENTS)
    assert len(train) + len(validation) + len(test) == len(set(PATIENTS))


def test_random_parts_have_the_usual_sizes(images):
    images = splits.resolve(images, "random", seed=0)
    assert [images.in_set(part).sum() for part in (TRAIN, VALIDATION, TEST)] == pytest.approx(
        [420, 60, 120], abs=6
    )


def test_labels_are_balanced_as_well_as_patients_allow(images):
    images = splits.resolve(images, "random", seed=0)
    for part, share in splits.FRACTIONS.items():
        np.testing.assert_allclose(
            images.labels[images.in_set(part)].sum(axis=0), share * LABELS.sum(axis=0), atol=3
        )


def test_the_same_seed_gives_the_same_split_and_another_one_another(images):
    first, again, other = (splits.random_split(images, seed).sets for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_corrected_labels_leave_every_image_in_its_set(images):
    labels, before = 1 - images.labels, images.labels
    rows, columns = np.indices(labels.shape).reshape(2, -1)
    names = np.array(images.label_names, object)[columns]
    told = zip(CORRECTED_COLUMNS, (images.ids[rows], names, before[rows, columns]), strict=True)
    corrected = replace(images, labels=labels, corrections=pd.DataFrame(dict(told)))
    shares = np.array([0.7, 0.3])
    np.testing.assert_array_equal(
        splits.deal(corrected, shares, seed=1), splits.deal(images, shares, seed=1)
    )


def test_every_image_is_tested_in_exactly_one_fold(images):
    parts = np.array([split.sets for split in splits.folds(images, 5, seed=0)])
    assert ((parts == TEST).sum(axis=0) == 1).all()
    assert ((parts == VALIDATION).sum(axis=0) == 1).all()


def test_no_fold_shares_a_patient(images):
    for split in splits.folds(images, 4, seed=0):
        assert splits.attach(images, split).split_name == split.name


def test_images_that_a_split_has_set_aside_are_in_no_fold(images):
    whole = splits.random_split(images, 0)
    aside = np.arange(600) % 7 == 0
    images = splits.attach(images, Split("mine", np.where(aside, "", whole.sets)))
    parts = np.array([split.sets for split in splits.folds(images, 3, seed=0)])
    assert ((parts == "") == aside).all()
    assert ((parts == TEST).sum(axis=0) == ~aside).all()


@pytest.mark.parametrize("n_folds", [2, 1000])
def test_folds_that_cannot_be_are_refused(images, n_folds):
    with pytest.raises(InvalidOption, match="from 3 to 188, the number of patients"):
        splits.folds(images, n_folds, seed=0)


def test_a_split_that_shares_patients_is_refused_with_names_and_count():
    images = fakes.images(np.ones((4, 1)), ["a", "a", "b", "c"])
    split = Split("mine", np.array([TRAIN, TEST, TRAIN, TEST], object))
    with pytest.raises(BadSplit, match=r"'mine' shares 1 of them between sets: a\."):
        splits.attach(images, split)


def test_an_empty_test_set_is_refused():
    images = fakes.images(np.ones((3, 1)))
    with pytest.raises(BadSplit, match="none in its test set"):
        splits.attach(images, Split("mine", np.array([TRAIN] * 3, object)))


def test_a_given_split_without_validation_gets_an_eighth_of_its_training_images(images):
    given = splits.random_split(images, 0)
    parts = np.where(given.sets == VALIDATION, TRAIN, given.sets).astype(object)
    images = fakes.images(LABELS, PATIENTS, split=Split("mine", parts))
    resolved = splits.resolve(images, "auto", seed=0)
    assert (resolved.test == (parts == TEST)).all()
    assert resolved.validation.sum() == pytest.approx((parts == TRAIN).sum() / 8, abs=4)


def test_patients_guessed_from_names_are_set_aside_where_parts_share_them():
    split = Split("mine", np.array([TRAIN, TEST, TRAIN, TRAIN, VALIDATION], object))
    patients = ["a", "a", "b", "c", "d"]
    images = fakes.images(np.ones((5, 1)), patients, split=split, patients_from="file names")
    resolved = splits.resolve(images, "auto", seed=0)
    assert resolved.split.sets.tolist() == ["", TEST, TRAIN, TRAIN, VALIDATION]
    assert "without shared patients" in resolved.split_name
    assert "1 patients" in resolved.notes[0]


def test_a_note_goes_into_files_and_names_no_patient():
    split = Split("mine", np.array([TRAIN, TEST, TRAIN, VALIDATION], object))
    patients = ["Jane Doe", "Jane Doe", "b", "c"]
    images = fakes.images(np.ones((4, 1)), patients, split=split, patients_from="file names")
    (note,) = splits.resolve(images, "auto", seed=0).notes
    assert "Doe" not in note


@pytest.mark.parametrize("known", ["the label table for some images", "DICOM headers"])
def test_patients_known_from_more_than_names_are_not_set_aside(known):
    split = Split("mine", np.array([TRAIN, TEST, TRAIN], object))
    images = fakes.images(np.ones((3, 1)), ["a", "a", "film2"], split=split, patients_from=known)
    with pytest.raises(BadSplit, match="shares 1"):
        splits.resolve(images, "auto", seed=0)


def test_given_refuses_what_auto_sets_aside():
    split = Split("mine", np.array([TRAIN, TEST, TRAIN], object))
    images = fakes.images(np.ones((3, 1)), ["a", "a", "b"], split=split, patients_from="file names")
    with pytest.raises(BadSplit, match="shares 1"):
        splits.resolve(images, "given", seed=0)


def test_a_saved_split_loads_as_it_was(images, tmp_path):
    images = splits.resolve(images, "random", seed=0)
    splits.save(images, tmp_path / "split.json")
    loaded = splits.load(tmp_path / "split.json", images.ids)
    assert loaded.name == images.split_name
    assert (loaded.sets == images.split.sets).all()


def test_a_split_saved_from_other_images_is_refused(images, tmp_path):
    splits.save(splits.resolve(images, "random", seed=0), tmp_path / "split.json")
    with pytest.raises(BadSplit, match="599 of 600"):
        splits.load(tmp_path / "split.json", np.array(["film0"], object))


@pytest.mark.parametrize("content", ["", "[]", '{"name": "x"}'])
def test_a_file_that_is_no_split_is_refused(images, tmp_path, content):
    (tmp_path / "split.json").write_text(content)
    with pytest.raises(InvalidOption, match="saved split"):
        splits.resolve(images, str(tmp_path / "split.json"), seed=0)


def test_random_lists_with_labels_behind_the_names_are_read(tmp_path):
    for part, name in (("train", "a.png"), ("val", "b.png"), ("test", "c.png")):
        (tmp_path / f"{part}_list.txt").write_text(f"images/{name} 0 1 0\n")
    split = splits.from_lists(np.array(["c.png", "b.png", "a.png", "d.png"], object), tmp_path)
    assert split.sets.tolist() == [TEST, VALIDATION, TRAIN, ""]


def test_lists_tell_images_of_one_name_by_their_folders(tmp_path):
    (tmp_path / "train_val_list.txt").write_text("p1/a.png\np2/a.png")
    (tmp_path / "test_list.txt").write_text("p3/a.png")
    ids = np.array(["p3/a.png", "p2/a.png", "p1/a.png"], object)
    assert splits.from_lists(ids, tmp_path).sets.tolist() == [TEST, TRAIN, TRAIN]


def test_a_published_split_is_known_by_its_test_list(tmp_path):
    (tmp_path / "train_val_list.txt").write_text("a.png")
    (tmp_path / "test_list.txt").write_text("c.png\nb.png")
    known = {splits.digest_of(["b.png", "c.png"]): "well known"}
    assert splits.from_lists(np.array(["a.png"], object), tmp_path, known).name == "well known"


def test_an_image_on_two_lists_is_refused(tmp_path):
    (tmp_path / "train_val_list.txt").write_text("a.png\nb.png")
    (tmp_path / "test_list.txt").write_text("b.png")
    with pytest.raises(BadSplit, match=r"on two: b\.png"):
        splits.from_lists(np.array(["a.png"], object), tmp_path)


def test_a_folder_without_lists_is_refused(tmp_path, images):
    with pytest.raises(DatasetNotFound, match=r"test_list\.txt"):
        splits.resolve(images, str(tmp_path), seed=0)


def test_a_column_may_say_val_or_valid():
    split = splits.from_column(pd.Series(["Train", "val", "VALID", "test", ""]), "split")
    assert split.sets.tolist() == [TRAIN, VALIDATION, VALIDATION, TEST, ""]


def test_a_column_with_another_word_is_refused():
    with pytest.raises(BadSplit, match="'holdout'"):
        splits.from_column(pd.Series(["train", "holdout"]), "split")


@pytest.mark.parametrize(
    ("old", "new"), [("random", "randon"), ('"film0"', '"film0", "film1"'), ('"test"', '"Test"')]
)
def test_a_saved_split_that_changed_is_refused(images, tmp_path, old, new):
    path = tmp_path / "split.json"
    splits.save(splits.resolve(images, "random", seed=0), path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises((BadSplit, InvalidOption), match="saved split"):
        splits.load(path, images.ids)


def test_a_split_made_by_hand_needs_no_digest_but_each_image_once(tmp_path):
    path, ids = tmp_path / "split.json", np.array(["a", "b"], object)
    path.write_text('{"name": "mine", "train": ["a"], "validation": [], "test": ["b"]}')
    assert splits.load(path, ids).sets.tolist() == [TRAIN, TEST]
    path.write_text('{"name": "mine", "train": ["a"], "validation": [], "test": ["b", "a"]}')
    with pytest.raises(BadSplit, match="each image in one set"):
        splits.load(path, ids)


def test_a_list_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "test_list.txt").write_bytes(b"\x89PNG")
    with pytest.raises(BadTable, match="must be a text file"):
        splits.from_lists(np.array(["a"], object), tmp_path)


@pytest.mark.parametrize("choice", ["9" * 400, "\0"])
def test_a_choice_that_can_be_no_path_is_refused(images, choice):
    with pytest.raises(InvalidOption, match="--split must be"):
        splits.resolve(images, choice, seed=0)
