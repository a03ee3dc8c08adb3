import numpy as np
import pytest

from errors import DatasetNotFound, InvalidOption
from features.store import FeatureStore
from pipelines import cache
from pipelines.options import Cache

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


def test_list_tells_parameters_films_size_and_use(tmp_path, store):
    text = run(tmp_path, "list").text
    assert f"{store.folder.name}: 2 films, " in text
    assert "n_words 8, cv2 5.0; learned from 7 films" in text


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
    assert "0 films" in run(tmp_path, "list").text


def test_prune_tells_what_it_removed(tmp_path, store):
    result = run(tmp_path, "prune", days=0)
    assert f"removed {store.folder}" in result.text
    assert not store.folder.exists()


def test_an_unknown_action_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="list, verify, prune; got 'burn'"):
        run(tmp_path, "burn")


def test_a_missing_cache_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match="nowhere"):
        run(tmp_path / "nowhere", "list")


def test_list_does_not_stumble_over_a_damaged_recipe(tmp_path, store):
    (store.folder / "recipe.json").write_text("{")
    assert "its recipe is damaged" in run(tmp_path, "list").text
