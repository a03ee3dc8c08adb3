from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import sources
from datasets.images import Skipped, Split
from errors import BadSplit, DatasetNotFound, InvalidOption
from inference.bundle_options import Explain
from inference.images_to_explain import images_asked
from tests import fakes

PARTS = np.array(["train", "test", "test", "test", "test", "test"], object)


@pytest.fixture
def images(monkeypatch):
    images = fakes.images(
        np.zeros((6, 1)),
        paths=np.array([f"/films/{number}.png" for number in range(6)], object),
        boxes=pd.DataFrame(
            {"id": ["film0", "film2", "film4", "film5"], "label": ["Mass", "Mass", "Mass", "Edema"]}
        ),
        split=Split("mine", PARTS),
        skipped=(Skipped("gone", "no image file"),),
    )
    monkeypatch.setattr(sources, "images_of", lambda options: images)
    return images


def asked(data="/films", **changes):
    found = images_asked(Explain(data=data, **changes), ("Mass", "Edema"))
    return found.ids.tolist()


def test_test_images_come_a_boxed_one_for_each_label_first(images):
    assert asked(n_images=2) == ["film2", "film5"]
    assert asked(n_images=3) == ["film2", "film4", "film5"]
    assert asked(n_images=4) == ["film1", "film2", "film4", "film5"]
    assert len(asked(n_images=99)) == 5


def test_where_labels_are_asked_for_images_that_have_them_come_in_turns(images, monkeypatch):
    labels = np.array([[1, 1], [0, 1], [0, 1], [1, 0], [np.nan, 1], [1, 0]])
    told = replace(images, labels=labels, label_names=("Mass", "Fluid"))
    monkeypatch.setattr(sources, "images_of", lambda options: told)
    # Boxes of Mass are on film2 and film4; it is told of film3 and film5 as well.
    assert asked(labels="Mass", n_images=2) == ["film2", "film4"]
    assert asked(labels="Mass", n_images=4) == ["film2", "film3", "film4", "film5"]
    assert asked(labels="Fluid", n_images=3) == ["film1", "film2", "film4"]
    assert asked(labels="Mass,Fluid", n_images=2) == ["film1", "film2"]


def test_a_label_is_looked_for_where_a_data_set_has_no_boxes(monkeypatch):
    images = fakes.images(np.array([[0], [0], [1], [1]]), split=Split("mine", PARTS[1:5]))
    monkeypatch.setattr(sources, "images_of", lambda options: images)
    assert asked(labels="label0", n_images=1) == ["film2"]


def test_labels_asked_for_in_another_spelling_are_found_in_the_table_and_boxes(images):
    assert (
        asked(labels="mass", n_images=2) == asked(labels="Mass", n_images=2) == ["film2", "film4"]
    )


def test_without_boxes_labels_take_turns(monkeypatch):
    parts = np.array(["test"] * 6, object)
    images = fakes.images(np.repeat(np.eye(2), 3, axis=0), split=Split("mine", parts))
    monkeypatch.setattr(sources, "images_of", lambda options: images)
    assert asked(n_images=2) == ["film0", "film3"]
    assert asked(n_images=4) == ["film0", "film1", "film3", "film4"]


def test_images_with_boxes_come_before_those_of_the_label_table(images, monkeypatch):
    told = replace(images, labels=np.array([[0], [1], [0], [1], [0], [0]]))
    monkeypatch.setattr(sources, "images_of", lambda options: told)
    assert asked(n_images=3) == ["film2", "film4", "film5"]
    assert asked(n_images=4) == ["film1", "film2", "film4", "film5"]


def test_wrong_calls_are_looked_for_in_all_test_images(images, monkeypatch):
    told = replace(images, label_names=("Mass",))
    monkeypatch.setattr(sources, "images_of", lambda options: told)
    assert len(asked(n_images=2, wrong=True)) == 5


def test_wrong_calls_need_labels(images, tmp_path):
    with pytest.raises(InvalidOption, match=r"needs a label table with at least one of .* Mass"):
        asked(wrong=True)
    with pytest.raises(InvalidOption, match="image files without a data set have none"):
        asked(data=None, image=[tmp_path / "a.png"], wrong=True)


def test_a_label_that_no_test_image_has_shows_others(images):
    assert asked(labels="Nodule", n_images=2) == ["film1", "film2"]


def test_images_named_may_be_of_any_part(images):
    assert asked(image=[Path("/films/0.png")]) == ["film0"]


def test_an_image_of_elsewhere_beside_data_is_refused(images):
    with pytest.raises(DatasetNotFound, match=r"/other\.png is not an image of .* Omit --data"):
        asked(image=[Path("/films/0.png"), Path("/other.png")])


def test_files_without_a_data_set_are_images_of_which_nothing_is_known(tmp_path):
    (tmp_path / "a.png").touch()
    found = images_asked(Explain(image=[tmp_path / "a.png"]), ("Mass",))
    assert found.ids.tolist() == ["a.png"]
    assert np.isnan(found.labels).all()


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(DatasetNotFound, match=r"such as /nope\.png\. Check the path"):
        images_asked(Explain(image=[Path("/nope.png")]), ("Mass",))


def test_images_that_nobody_asked_for_are_not_told_as_skipped(images):
    assert images_asked(Explain(data="/films"), ("Mass",)).skipped == ()


def test_a_split_without_test_images_is_refused(monkeypatch):
    images = fakes.images(np.zeros((2, 1)))
    monkeypatch.setattr(sources, "images_of", lambda options: images)
    with pytest.raises(BadSplit, match="Name image files, or pass --split random"):
        asked()


def test_no_image_at_all_is_refused(images):
    with pytest.raises(InvalidOption, match="at least 1; got 0"):
        asked(n_images=0)
