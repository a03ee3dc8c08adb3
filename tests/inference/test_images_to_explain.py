from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets import sources
from datasets.images import Skipped, Split
from errors import BadSplit, DatasetNotFound, InvalidOption
from inference.bundle_options import Explain
from inference.images_to_explain import films_asked
from tests import fakes

PARTS = np.array(["train", "test", "test", "test", "test", "test"], object)


@pytest.fixture
def films(monkeypatch):
    films = fakes.films(
        np.zeros((6, 1)),
        paths=np.array([f"/films/{number}.png" for number in range(6)], object),
        boxes=pd.DataFrame(
            {"id": ["film0", "film2", "film4", "film5"], "label": ["Mass", "Mass", "Mass", "Edema"]}
        ),
        split=Split("mine", PARTS),
        skipped=(Skipped("gone", "no image file"),),
    )
    monkeypatch.setattr(sources, "films_of", lambda options: films)
    return films


def asked(data="/films", **changes):
    found = films_asked(Explain(data=data, **changes), ("Mass", "Edema"))
    return found.ids.tolist()


def test_test_films_come_a_boxed_one_for_each_label_first(films):
    assert asked(films=2) == ["film2", "film5"]
    assert asked(films=3) == ["film2", "film4", "film5"]
    assert asked(films=4) == ["film1", "film2", "film4", "film5"]
    assert len(asked(films=99)) == 5


def test_where_labels_are_asked_for_films_that_have_them_come_in_turns(films, monkeypatch):
    labels = np.array([[1, 1], [0, 1], [0, 1], [1, 0], [np.nan, 1], [1, 0]])
    told = replace(films, labels=labels, label_names=("Mass", "Fluid"))
    monkeypatch.setattr(sources, "films_of", lambda options: told)
    # Boxes of Mass are on film2 and film4; it is told of film3 and film5 as well.
    assert asked(labels="Mass", films=2) == ["film2", "film4"]
    assert asked(labels="Mass", films=4) == ["film2", "film3", "film4", "film5"]
    assert asked(labels="Fluid", films=3) == ["film1", "film2", "film4"]
    assert asked(labels="Mass,Fluid", films=2) == ["film1", "film2"]


def test_a_label_is_looked_for_where_a_data_set_has_no_boxes(monkeypatch):
    films = fakes.films(np.array([[0], [0], [1], [1]]), split=Split("mine", PARTS[1:5]))
    monkeypatch.setattr(sources, "films_of", lambda options: films)
    assert asked(labels="label0", films=1) == ["film2"]


def test_labels_asked_for_in_another_spelling_are_found_in_the_table_and_boxes(films):
    assert asked(labels="mass", films=2) == asked(labels="Mass", films=2) == ["film2", "film4"]


def test_without_boxes_labels_take_turns(monkeypatch):
    parts = np.array(["test"] * 6, object)
    films = fakes.films(np.repeat(np.eye(2), 3, axis=0), split=Split("mine", parts))
    monkeypatch.setattr(sources, "films_of", lambda options: films)
    assert asked(films=2) == ["film0", "film3"]
    assert asked(films=4) == ["film0", "film1", "film3", "film4"]


def test_images_with_boxes_come_before_those_of_the_label_table(films, monkeypatch):
    told = replace(films, labels=np.array([[0], [1], [0], [1], [0], [0]]))
    monkeypatch.setattr(sources, "films_of", lambda options: told)
    assert asked(films=3) == ["film2", "film4", "film5"]
    assert asked(films=4) == ["film1", "film2", "film4", "film5"]


def test_wrong_calls_are_looked_for_in_all_test_images(films, monkeypatch):
    told = replace(films, label_names=("Mass",))
    monkeypatch.setattr(sources, "films_of", lambda options: told)
    assert len(asked(films=2, wrong=True)) == 5


def test_wrong_calls_need_labels(films, tmp_path):
    with pytest.raises(InvalidOption, match=r"needs a label table with at least one of .* Mass"):
        asked(wrong=True)
    with pytest.raises(InvalidOption, match="image files alone have none"):
        asked(data=None, image=[tmp_path / "a.png"], wrong=True)


def test_a_label_that_no_test_film_has_shows_others(films):
    assert asked(labels="Nodule", films=2) == ["film1", "film2"]


def test_films_named_may_be_of_any_part(films):
    assert asked(image=[Path("/films/0.png")]) == ["film0"]


def test_a_film_of_elsewhere_beside_data_is_refused(films):
    with pytest.raises(DatasetNotFound, match=r"/other\.png is none\. Leave --data out"):
        asked(image=[Path("/films/0.png"), Path("/other.png")])


def test_files_without_a_data_set_are_films_of_which_nothing_is_known(tmp_path):
    (tmp_path / "a.png").touch()
    found = films_asked(Explain(image=[tmp_path / "a.png"]), ("Mass",))
    assert found.ids.tolist() == ["a.png"]
    assert np.isnan(found.labels).all()


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(DatasetNotFound, match=r"the first /nope\.png\. Check the path"):
        films_asked(Explain(image=[Path("/nope.png")]), ("Mass",))


def test_films_that_nobody_asked_for_are_not_told_as_skipped(films):
    assert films_asked(Explain(data="/films"), ("Mass",)).skipped == ()


def test_a_split_without_test_films_is_refused(monkeypatch):
    films = fakes.films(np.zeros((2, 1)))
    monkeypatch.setattr(sources, "films_of", lambda options: films)
    with pytest.raises(BadSplit, match="Name films, or type --split random"):
        asked()


def test_no_film_at_all_is_refused(films):
    with pytest.raises(InvalidOption, match="at least 1; got 0"):
        asked(films=0)
