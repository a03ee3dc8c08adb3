from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import inputs
from errors import BadTable, InvalidOption, MisalignedRows
from features import given_features
from features.given_features import Pooling, Source, sources_of
from features.recipe import is_of_file
from tests import fakes
from tests.features import embedded

VALUES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def images(*paths):
    ids = np.array([Path(path).name for path in paths], object)
    if len(set(ids)) < len(ids):
        ids = np.array(paths, object)
    labels = np.zeros((len(paths), 1))
    return fakes.images(labels, ids=ids, paths=np.array(paths, object), patients=ids.tolist())


def given(films, path, pool="mean", missing="refuse", kind="deep"):
    source = Source("mine", kind, path)
    return given_features.given(films, [source], {"mine": Pooling(pool=pool)}, missing)


@pytest.fixture
def file(tmp_path):
    """Embeddings of four images, whose ids have no suffix."""
    embedded.npz(tmp_path / "e.npz", ["a", "b", "c", "d"], VALUES)
    return tmp_path / "e.npz"


def test_features_follow_the_images_and_not_the_file(file):
    kept, found = given(images("/x/c.png", "/x/a.png"), file)
    np.testing.assert_array_equal(found["mine"].of(kept.ids).values, VALUES[[2, 0]])
    np.testing.assert_array_equal(found["mine"].of(kept.ids[::-1]).values, VALUES[[0, 2]])


@pytest.mark.parametrize(
    "ids",
    [
        ["p1/a.png", "p2/a.png"],
        ["p1/a", "p2/a"],
        ["files/p1/a.dcm", "files/p2/a.dcm"],
        ["/x/p1/a.png", "/x/p2/a.png"],
    ],
    ids=["as here", "no suffix", "more folders", "whole paths"],
)
def test_ids_with_folders_match_paths_as_those_of_label_tables_do(tmp_path, ids):
    embedded.npz(tmp_path / "e.npz", ids, VALUES[:2])
    kept, found = given(images("/x/p2/a.png", "/x/p1/a.png"), tmp_path / "e.npz")
    np.testing.assert_array_equal(found["mine"].of(kept.ids).values, VALUES[[1, 0]])


def test_an_image_found_by_its_name_alone_in_another_folder_is_named(tmp_path, capsys):
    embedded.npz(tmp_path / "e.npz", ["old/a.png", "b.png"], VALUES[:2])
    given(images("/x/new/a.png", "/x/new/b.png"), tmp_path / "e.npz")
    warned = capsys.readouterr().err
    assert "mine has 1 embedding for images in other folders" in warned
    assert "old/a.png for /x/new/a.png" in warned


def test_ids_with_points_are_not_cut(tmp_path):
    embedded.npz(tmp_path / "e.npz", ["1.2.840.1", "1.2.840.2"], VALUES[:2])
    kept, found = given(images("/x/1.2.840.2.dcm", "/x/1.2.840.1.dcm"), tmp_path / "e.npz")
    np.testing.assert_array_equal(found["mine"].of(kept.ids).values, VALUES[[1, 0]])


def test_images_without_an_embedding_are_refused_with_their_number_and_three_names(file):
    films = images(*(f"/x/{name}.png" for name in "avwxyz"))
    with pytest.raises(InvalidOption, match=r"5 of 6 have none in .*, such as v.png, w.png, x.png"):
        given(films, file)


def test_images_without_an_embedding_are_set_aside_if_asked_and_named(file):
    kept, found = given(images("/x/a.png", "/x/z.png"), file, missing="skip")
    assert kept.ids.tolist() == ["a.png"]
    assert dict(kept.skipped) == {"z.png": f"no embedding of mine in {file}"}
    assert kept.notes == ("set aside: 1 image without an embedding of mine, such as z.png",)
    assert len(found["mine"].of(kept.ids).values) == 1


@pytest.mark.parametrize("missing", ["refuse", "skip"])
def test_a_file_of_other_images_is_refused_with_one_of_its_ids(file, missing):
    with pytest.raises(InvalidOption, match=r"1 of 1 have none .* Its ids are like 'a'"):
        given(images("/x/z.png"), file, missing=missing)


def test_an_embedding_that_was_not_matched_is_missed(file):
    _, found = given(images("/x/a.png"), file)
    with pytest.raises(MisalignedRows, match=r"'b\.png' has none"):
        found["mine"].of(np.array(["b.png"], object))


def test_the_recipe_changes_with_the_file_and_with_the_pool(tmp_path):
    tokens = VALUES[:2, None].repeat(2, axis=1)
    embedded.npz(tmp_path / "e.npz", ["a", "b"], tokens)
    films = images("/x/a.png", "/x/b.png")
    recipes = [given(films, tmp_path / "e.npz", pool)[1]["mine"].recipe for pool in ("mean", "cls")]
    embedded.npz(tmp_path / "e.npz", ["a", "b"], 2 * tokens)
    kept, found = given(films, tmp_path / "e.npz")
    recipes.append(found["mine"].recipe)
    assert all(map(is_of_file, recipes))
    assert len({str(each) for each in recipes}) == 3
    np.testing.assert_array_equal(found["mine"].of(kept.ids).values, 2 * VALUES[:2])


def test_the_file_is_noted_as_an_input_of_the_run(file):
    with inputs.watching() as seen:
        given(images("/x/a.png"), file)
    digest = sha256(file.read_bytes()).hexdigest()
    assert seen.tables == {inputs.FILES: {str(file): digest}}


def test_a_pool_for_single_vectors_is_refused(file):
    with pytest.raises(InvalidOption, match=r"mine\.pool=cls needs several vectors"):
        given(images("/x/a.png"), file, pool="cls")


def test_a_name_stands_for_one_file_of_a_kind():
    assert sources_of(["a=x.npz", "b:words=y.csv", "c:deep=z=1.npz"]) == [
        Source("a", "deep", Path("x.npz")),
        Source("b", "words", Path("y.csv"), True),
        Source("c", "deep", Path("z=1.npz"), True),
    ]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("x.npz", "takes NAME=FILE"),
        ("=x.npz", "takes NAME=FILE"),
        ("a=", "takes NAME=FILE"),
        ("../a=x.npz", "takes NAME=FILE"),
        ("a b=x.npz", "takes NAME=FILE"),
        ("resnet50=x.npz", "must not be that of an extractor"),
        ("pixels=x.npz", "must not be that of an extractor"),
        ("metadata=x.npz", "must not be that of an extractor or kind"),
        ("deep=x.npz", "must not be that of an extractor or kind"),
        ("a:metadata=x.npz", "must be one of deep, words"),
    ],
)
def test_other_names_and_kinds_are_refused(typed, reason):
    with pytest.raises(InvalidOption, match=reason):
        sources_of([typed])


def test_a_name_that_comes_twice_is_refused():
    with pytest.raises(InvalidOption, match="give a once"):
        sources_of(["a=x.npz", "a:words=y.npz"])


def test_an_unknown_way_to_pool_or_to_miss_is_refused(file):
    with pytest.raises(InvalidOption, match="mean, cls, flatten"):
        Pooling().set_params(pool="max")
    with pytest.raises(InvalidOption, match="refuse, skip"):
        given(images("/x/a.png"), file, missing="ignore")


def test_a_file_name_that_fits_two_images_is_refused(tmp_path):
    embedded.npz(tmp_path / "e.npz", ["a.png"], VALUES[:1])
    with pytest.raises(BadTable, match="must match one image file"):
        given(images("/x/p1/a.png", "/x/p2/a.png"), tmp_path / "e.npz")
