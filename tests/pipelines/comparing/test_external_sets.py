from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.images import Skipped, Split
from errors import BadSplit, InvalidOption
from pipelines.command_options import Compare
from pipelines.comparing import external_sets
from pipelines.comparing.external_sets import Mapped, Site, folders_of
from tests import fakes

INSIDE = fakes.images(
    np.eye(4),
    label_names=("Effusion", "Mass", "Nodule", "Hernia"),
    split=Split("mine", np.array(["train", "validation", "test", ""], object)),
)


def read(folder, inside=INSIDE, **changes):
    (site,) = external_sets.read(inside, Compare(external=[f"B={folder}"], **changes))
    return site


def test_each_set_has_a_name_and_a_folder():
    found = folders_of(["B=one", "C 2=two=3"], Path("data"))
    assert found == {"B": Path("one"), "C 2": Path("two=3")}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["folder"], "must be NAME=FOLDER"),
        (["a/b=folder"], "must be NAME=FOLDER"),
        (["nul=folder"], "must be NAME=FOLDER"),
        (["B=one", "b=two"], "its own name"),
        (["B=one", "C=./one"], "another data set"),
        (["B=./data"], "another data set"),
    ],
)
def test_names_that_are_none_and_sets_that_come_twice_are_refused(asked, told):
    with pytest.raises(InvalidOption, match=told):
        folders_of(asked, Path("data"))


def test_a_set_has_the_findings_that_it_shares_and_no_split(tmp_path, capsys):
    site = read(fakes.ground_truth(tmp_path / "b"))
    assert site.images.label_names == ("Effusion", "Mass")
    assert site.findings == {"Effusion": Mapped(["Effusion"], ""), "Mass": Mapped(["Mass"], "")}
    assert (len(site.images), site.images.split) == (6, None)
    assert "B: 6 images; shared findings: Effusion, Mass" in capsys.readouterr().err


def test_policies_for_all_labels_count_in_every_set(tmp_path):
    folder = fakes.ground_truth(tmp_path / "b")
    site = read(folder, uncertain="ones,Hernia=zeros", blank="zeros")
    assert site.images.labels[:, 1].tolist() == [0, 1, 1, 0, 1, 0]
    assert site.images.labels[2, 0] == 0


def test_a_set_on_which_nothing_can_be_evaluated_is_refused_at_once(tmp_path):
    folder = fakes.ground_truth(tmp_path / "b", "image,Effusion\na.png,1\nb.png,1\n")
    with pytest.raises(InvalidOption, match="in B none of Effusion has both"):
        read(folder)


def test_images_and_patients_of_nih_are_not_in_both_sets(tmp_path):
    folder = fakes.nih(tmp_path / "b")
    inside = fakes.images(
        np.eye(2),
        ["2", "9"],
        ids=np.array(["00000001_000.png", "x.png"], object),
        label_names=("Cardiomegaly", "No Finding"),
        format="nih",
    )
    site = read(folder, inside)
    # The first image by its name, the third by its patient; patient 1 is not in the training set.
    assert site.images.ids.tolist()[0] == "00000001_001.png"
    assert len(site.images) == 4
    assert any(note.startswith("2 images of B left out") for note in site.images.notes)
    assert any("hold images of NIH" in note for note in site.images.notes)


class Stage:
    """What extraction gives, of files with these digests."""

    def __init__(self, images, keys):
        self.images, self._keys = images, keys

    def keys(self):
        return self._keys


@pytest.fixture
def site(monkeypatch):
    """Two external images, of which one has a file that may be in the training set too."""
    outside = fakes.images(np.eye(2), ids=np.array(["u", "v"], object))
    monkeypatch.setattr(external_sets, "replace", _replaced)
    monkeypatch.setattr(
        external_sets.asked_features,
        "extract_others",
        lambda known, images, *_: Stage(
            images, [{"u": "k1", "v": "k9"}[one] for one in images.ids]
        ),
    )
    return Site("B", outside, {})


def _replaced(one, **changes):
    return (
        Stage(changes["images"], one.keys()) if isinstance(one, Stage) else replace(one, **changes)
    )


def test_files_of_the_training_set_are_left_out_and_counted(site, capsys):
    stages = [Stage(INSIDE, ["k0", "k2", "k1", "k3"])] * 2
    (found,) = external_sets.with_features([site], stages, Compare(), None)
    assert found.images.ids.tolist() == ["v"]
    assert [each.images.ids.tolist() for each in found.stages] == [["v"], ["v"]]
    assert "1 image of B left out: made up has the same files, 1 of them to test on" in (
        capsys.readouterr().err
    )


def test_a_set_that_is_in_the_training_set_is_refused(site):
    stages = [Stage(INSIDE, ["k1", "k9", "k2", "k3"])]
    with pytest.raises(BadSplit, match="all 2 of B are in both"):
        external_sets.with_features([site], stages, Compare(), None)


def test_images_that_an_encoder_has_seen_are_left_out_if_asked(tmp_path):
    folder = fakes.ground_truth(tmp_path / "b")
    (tmp_path / "seen.txt").write_text("a.png\n")
    site = read(folder, pretrained_on=tmp_path / "seen.txt")
    assert len(site.images) == 6
    assert any("results may be too good" in note for note in site.images.notes)
    site = read(folder, pretrained_on=tmp_path / "seen.txt", exclude_pretrained=True)
    assert site.images.ids.tolist() == ["c.png", "d.png", "e.png", "f.png"]


def test_skipped_images_are_listed_with_their_data_set():
    outside = replace(INSIDE, skipped=(Skipped("x.png", "torn"),))
    found = external_sets.with_skipped(INSIDE, [Site("B", outside, {})])
    assert found.skipped == (Skipped("B: x.png", "torn"),)


@pytest.mark.parametrize(
    ("changes", "classes", "told"),
    [
        ({"external": []}, (), "needs patients of another hospital"),
        ({}, INSIDE.label_names, "would no longer sum to 1"),
        ({}, (), "fewer than the 5 of B"),
    ],
)
def test_recalibration_needs_enough_other_patients_and_single_labels(
    tmp_path, changes, classes, told
):
    folder = fakes.ground_truth(tmp_path / "b")
    options = Compare(**{"external": [f"B={folder}"], "recalibrate": 30} | changes)
    with pytest.raises(InvalidOption, match=told):
        external_sets.read(replace(INSIDE, classes=classes), options)
