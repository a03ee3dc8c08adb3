import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets.synthetic import cohort
from datasets.synthetic.radiograph import shoot
from errors import InvalidOption, StorageFailed

OPTIONS = {"images": 40, "size": 96, "jobs": 1}
NIH_ENTRY_HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as lines:
        return list(csv.reader(lines))[1:]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return cohort.draw(tmp_path_factory.mktemp("drawn") / "films", **OPTIONS)


@pytest.fixture
def drawn_later(tmp_path):
    return tmp_path / "films"


def test_two_jobs_write_the_same_bytes_as_one(drawn, drawn_later):
    cohort.draw(drawn_later, **OPTIONS | {"jobs": 2})
    assert contents(drawn_later) == contents(drawn)


def test_another_seed_draws_other_images(drawn, drawn_later):
    cohort.draw(drawn_later, **OPTIONS | {"images": 3, "seed": 1})
    first = "images/00000001_000.png"
    assert contents(drawn_later)[first] != contents(drawn)[first]


def test_headers_are_those_of_nih(drawn):
    entries = (drawn / "Data_Entry_2017_v2020.csv").read_text().splitlines()
    boxes = (drawn / "BBox_List_2017.csv").read_text().splitlines()
    assert entries[0] == NIH_ENTRY_HEADER
    assert boxes[0] == "Image Index,Finding Label,Bbox [x,y,w,h],,,"
    assert {line.count(",") for line in entries[1:]} == {10}
    assert {line.count(",") for line in boxes[1:]} == {5}


def test_every_row_of_the_table_has_its_image(drawn):
    names = [row[0] for row in rows(drawn / "Data_Entry_2017_v2020.csv")]
    assert sorted(names) == sorted(path.name for path in (drawn / "images").iterdir())
    assert len(names) == 40


def test_images_are_grey_and_square(drawn):
    for path in list((drawn / "images").iterdir())[:3]:
        with Image.open(path) as image:
            assert (image.mode, image.size) == ("L", (96, 96))


def test_names_hold_patient_and_follow_up(drawn):
    for name, _, follow_up, patient, *_ in rows(drawn / "Data_Entry_2017_v2020.csv"):
        assert name == f"{int(patient):08d}_{int(follow_up):03d}.png"


def test_boxes_lie_inside_the_frame_of_images_with_the_finding(drawn):
    found = {row[0]: row[1] for row in rows(drawn / "Data_Entry_2017_v2020.csv")}
    boxes = rows(drawn / "BBox_List_2017.csv")
    assert boxes
    for name, label, *sides in boxes:
        x, y, width, height = map(float, sides)
        assert x >= 0
        assert y >= 0
        assert width > 0
        assert height > 0
        assert max(x + width, y + height) <= 1024
        assert label.replace("Infiltrate", "Infiltration") in found[name].split("|")


def test_every_finding_in_one_place_has_its_box(drawn):
    spread = {"No Finding", "Edema", "Fibrosis"}
    expected = {
        (name, label.replace("Infiltration", "Infiltrate"))
        for name, labels, *_ in rows(drawn / "Data_Entry_2017_v2020.csv")
        for label in set(labels.split("|")) - spread
    }
    assert {(name, label) for name, label, *_ in rows(drawn / "BBox_List_2017.csv")} == expected


def test_no_patient_is_in_both_lists(drawn):
    training = (drawn / "train_val_list.txt").read_text().split()
    testing = (drawn / "test_list.txt").read_text().split()
    assert not {name[:8] for name in training} & {name[:8] for name in testing}
    assert sorted(training + testing) == sorted(path.name for path in (drawn / "images").iterdir())
    assert 0.1 < len(testing) / 40 < 0.45


def test_both_lists_hold_every_label_of_a_cohort_of_the_usual_size():
    table = cohort.visits(600, 0)
    tested = cohort.held_out_patients(table, 0)
    for name in cohort.FINDINGS:
        inside = [v.patient in tested for v in table if name in v.findings]
        assert 0.1 < np.mean(inside) < 0.45


def test_the_folder_says_that_it_is_synthetic(drawn):
    note = (drawn / "SYNTHETIC.txt").read_text()
    assert "synthetic" in note
    assert f"version {cohort.VERSION}, seed 0, 40 films of 96 x 96 pixels" in note


def test_images_that_are_there_are_not_drawn_again(drawn, monkeypatch):
    monkeypatch.setattr(cohort, "shoot", None)
    assert cohort.draw(drawn, **OPTIONS) == drawn


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InvalidOption, match="new folder"):
        cohort.draw(tmp_path, **OPTIONS)
    assert contents(tmp_path) == {"thesis.txt": b"mine"}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_draw_leaves_nothing_behind(drawn_later, monkeypatch, jobs, end):
    def stops(visit, size, seed):
        if visit.index == 5:
            raise end
        return shoot(visit, size, seed)

    monkeypatch.setattr(cohort, "shoot", stops)
    with pytest.raises(end):
        cohort.draw(drawn_later, **OPTIONS | {"jobs": jobs})
    assert list(drawn_later.parent.iterdir()) == []


def test_a_place_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match="on a writable disk"):
        cohort.draw(tmp_path / "file" / "films", **OPTIONS)


@pytest.mark.parametrize("wrong", [{"images": 0}, {"size": 8}, {"seed": -1}, {"jobs": 0}])
def test_senseless_options_are_refused(drawn_later, wrong):
    with pytest.raises(InvalidOption, match=next(iter(wrong))):
        cohort.draw(drawn_later, **OPTIONS | wrong)


def test_a_single_image_can_be_drawn(drawn_later):
    cohort.draw(drawn_later, images=1, size=32, jobs=1)
    assert len(list((drawn_later / "images").iterdir())) == 1


def test_the_fingerprint_changes_with_everything_it_stands_for(monkeypatch):
    prints = {
        cohort.fingerprint(*given) for given in [(9, 64, 0), (8, 64, 0), (9, 65, 0), (9, 64, 1)]
    }
    monkeypatch.setattr(cohort, "VERSION", cohort.VERSION + 1)
    prints.add(cohort.fingerprint(9, 64, 0))
    assert len(prints) == 5
