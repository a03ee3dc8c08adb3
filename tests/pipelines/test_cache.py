import json
import os

import numpy as np
import pytest

import cli
from datasets.image_change import acquisition
from errors import DatasetNotFound, InvalidOption
from features.recipe import fingerprint, with_change
from features.store import FeatureStore
from pipelines import cache
from pipelines.command_options import Cache

RECIPE = {
    **{"extractor": "any", "version": 1, "parameters": {"n_words": 8}, "content": {}},
    **{"libraries": {"cv2": "5.0"}, "trained_on": {"films": 7, "digest": "x"}},
}


@pytest.fixture
def store(tmp_path):
    store = FeatureStore(tmp_path, RECIPE)
    store.write(["a", "b"], ["1", "2"], np.eye(2, dtype=np.float32))
    return store


def run(tmp_path, action, **options):
    return cache.run(Cache(action=action, cache=tmp_path, **options))


def test_list_tells_parameters_images_size_and_use(tmp_path, store):
    text = run(tmp_path, "list").text
    assert f"{store.folder.name}: 2 images, " in text
    assert "n_words 8, cv2 5.0; learned from 7 images" in text


def test_list_names_what_changed_the_images(tmp_path):
    FeatureStore(tmp_path, with_change(RECIPE, "x", acquisition("blur", 2)))
    text = run(tmp_path, "list").text
    assert "; images changed by blur (amount 0.004, seed 0)" in text


@pytest.mark.parametrize("action", ["list", "verify"])
def test_days_that_no_action_but_prune_takes_are_named(tmp_path, store, action, capsys):
    run(tmp_path, action, days=3)
    assert f"--days has no effect on {action}" in capsys.readouterr().err
    run(tmp_path, action)
    assert capsys.readouterr().err == ""


def test_verify_finds_nothing_in_a_sound_cache(tmp_path, store):
    assert run(tmp_path, "verify").exit_code == 0


def test_verify_names_what_is_damaged(tmp_path, store):
    (part,) = store.folder.glob("part-*")
    part.write_bytes(part.read_bytes()[:-3])
    result = run(tmp_path, "verify")
    assert result.exit_code == 1
    assert f"damaged: {part}" in result.text


def test_list_does_not_stumble_over_a_damaged_part(tmp_path, store):
    (part,) = store.folder.glob("part-*")
    part.write_bytes(b"nothing")
    assert "0 images" in run(tmp_path, "list").text


def test_prune_tells_what_it_removed_and_what_it_left(tmp_path):
    folder = FeatureStore(tmp_path, RECIPE).folder
    used = FeatureStore(tmp_path, RECIPE | {"version": 2})
    result = run(tmp_path, "prune", days=0)
    assert f"removed {folder}\n" in result.text
    assert f"left {used.folder}: a command is using it" in result.text
    assert not folder.exists()
    assert result.values["left"] == {str(used.folder): "a command is using it"}
    assert list(result.values["removed"]) == [str(folder)]


HOSTILE = [
    {"parameters": 7, "content": [], "libraries": None, "trained_on": "x"},
    {
        "parameters": {"a": "\ud800\x1b[2J"},
        "content": {"b": [[1]] * 99},
        "trained_on": {"films": "x"},
    },
    {"trained_on": {"films": 10**4000}},
    {},
]


@pytest.mark.parametrize("facts", HOSTILE)
def test_a_recipe_that_anyone_may_have_written_is_listed(tmp_path, facts, capsys):
    recipe = {"extractor": "any"} | facts
    folder = tmp_path / f"any-{fingerprint(recipe)}"
    folder.mkdir()
    (folder / "recipe.json").write_text(json.dumps(recipe))
    assert cli.main(["cache", "list", "--cache", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert folder.name in told
    assert "\x1b" not in told


def test_a_store_of_the_far_future_is_listed(tmp_path, store):
    os.utime(store.folder / "recipe.json", (0, 2**33))
    assert "last used" in run(tmp_path, "list").text


def test_an_unknown_action_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="list, verify, prune; got 'burn'"):
        run(tmp_path, "burn")


def test_a_missing_cache_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match="nowhere"):
        run(tmp_path / "nowhere", "list")


def test_list_does_not_stumble_over_a_damaged_recipe(tmp_path, store):
    (store.folder / "recipe.json").write_text("{")
    assert "its recipe is damaged" in run(tmp_path, "list").text
