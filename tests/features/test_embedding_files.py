import numpy as np
import pytest

from errors import BadTable, DatasetNotFound
from features import embedding_files
from features.embedding_files import digest_of, files_of
from features.store import RECIPE, FeatureStore
from tests.features import embedded
from tests.features.stubs import recipe

IDS = ["p1/a.png", "p1/b.png", "p2/a.png"]
VALUES = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
TOKENS = VALUES.reshape(3, 2, 2)


def read(path, pool="mean"):
    return embedding_files.read(path, pool, digest_of(path))


@pytest.mark.parametrize("name", embedded.FORMATS)
def test_every_format_gives_the_same_numbers_for_the_same_ids(name, tmp_path):
    embedded.FORMATS[name](tmp_path / name, IDS, VALUES)
    found = read(tmp_path / name)
    assert (found.ids, found.tokens) == (IDS, 1)
    np.testing.assert_array_equal(found.values, VALUES)


def test_the_parts_of_a_feature_store_are_read(tmp_path):
    store = FeatureStore(tmp_path, recipe("own"))
    for row, name in enumerate(IDS):
        store.write([name], [f"{row:032x}"], VALUES[row : row + 1])
    (store.folder / "learned-1.npz").write_bytes(b"what an extractor learned")
    found = read(store.folder)
    order = np.argsort(found.ids)
    assert np.array(found.ids)[order].tolist() == IDS
    np.testing.assert_array_equal(found.values[order], VALUES)


@pytest.mark.parametrize("name", ["vectors.parquet", "e.npz", "by_id.npz", "npys"])
@pytest.mark.parametrize(
    ("pool", "expected"),
    [("mean", TOKENS.mean(axis=1)), ("cls", TOKENS[:, 0]), ("flatten", VALUES)],
)
def test_tokens_are_averaged_or_the_first_or_all_in_a_row(name, pool, expected, tmp_path):
    embedded.FORMATS[name](tmp_path / name, IDS, TOKENS)
    found = read(tmp_path / name, pool)
    assert found.tokens == 2
    np.testing.assert_allclose(found.values, expected, rtol=1e-6)


def test_half_precision_is_read_as_single(tmp_path):
    embedded.npz(tmp_path / "e.npz", IDS, VALUES.astype(np.float16))
    found = read(tmp_path / "e.npz")
    assert found.values.dtype == np.float32
    np.testing.assert_array_equal(found.values, VALUES.astype(np.float16))


def test_compressed_arrays_and_ids_in_bytes_are_read(tmp_path):
    np.savez_compressed(tmp_path / "e.npz", ids=np.array(IDS, "S"), features=VALUES)
    assert read(tmp_path / "e.npz").ids == IDS


def changed(row, column, value):
    values = VALUES.copy()
    values[row, column] = value
    return values


@pytest.mark.parametrize(
    ("ids", "values", "reason"),
    [
        (IDS, changed(1, 2, np.nan), "'p1/b.png' .* has NaN or infinity, as 1 of 3"),
        (IDS, changed(2, 0, np.inf), "'p2/a.png' .* has NaN or infinity"),
        ([*IDS[:2], IDS[0]], VALUES, "one embedding; .* has 2 for 'p1/a.png'"),
        (np.array(IDS, object), VALUES, "pickled objects, which could run code"),
        (IDS, np.array([[{}]] * 3), "pickled objects, which could run code"),
        (IDS, VALUES.astype(complex), "complex128"),
        (IDS[:2], VALUES, r"shape \(3, 4\) for 2 ids"),
        ([], VALUES[:0], "must hold some; .* has no row"),
        (IDS, VALUES[:, :0], "an id without numbers"),
        ([*IDS[:2], ""], VALUES, "numbers without an id"),
        (IDS, np.array(1.0), r"shape \(\) for 3 ids"),
        ([IDS], VALUES[:1], r"ids are of shape \(1, 3\)"),
        (IDS, changed(0, 0, 1).astype(float) * 1e300, "'p1/a.png' .* has NaN or infinity"),
    ],
    ids=[
        *("nan", "inf", "twice", "ids", "objects", "complex", "lengths", "none", "empty"),
        *("nameless", "scalar", "table", "too large"),
    ],
)
def test_wrong_embeddings_are_refused_in_a_sentence(ids, values, reason, tmp_path):
    np.savez(tmp_path / "e.npz", ids=np.array(ids), features=values)
    with pytest.raises(BadTable, match=reason):
        read(tmp_path / "e.npz")


def test_two_widths_are_refused_with_an_image_of_each(tmp_path):
    np.savez(tmp_path / "e.npz", a=VALUES[0], b=VALUES[1, :3])
    with pytest.raises(BadTable, match="'a' has 4 numbers and 'b' has 3"):
        read(tmp_path / "e.npz")


def test_a_pickle_in_a_folder_is_refused_with_its_name(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(BadTable, match=r"a\.npy cannot be used: it holds pickled objects"):
        read(tmp_path)


def test_an_array_that_unpacks_to_much_more_than_it_is_long_is_refused(tmp_path):
    np.savez_compressed(tmp_path / "e.npz", a=np.zeros(2**20))
    with pytest.raises(BadTable, match="unpacks to over 100 times its size"):
        read(tmp_path / "e.npz")


def test_arrays_of_too_many_numbers_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding_files, "MAX_NUMBERS", 11)
    embedded.npz_by_id(tmp_path / "e.npz", IDS, VALUES)
    with pytest.raises(BadTable, match="at most 11 numbers"):
        read(tmp_path / "e.npz")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("e.npz", "no npz file"), ("e.npy", "has no image ids"), ("e.tfrecord", "no `tf.train")],
)
def test_damaged_files_are_refused(name, reason, tmp_path):
    (tmp_path / name).write_bytes(b"text alone")
    with pytest.raises(BadTable, match=reason):
        read(tmp_path / name)


def test_records_without_ids_are_refused_unless_alone(tmp_path):
    data = embedded.record(embedded.example("", VALUES[0]))
    (tmp_path / "a.tfrecord").write_bytes(data)
    assert read(tmp_path / "a.tfrecord").ids == ["a"]
    (tmp_path / "b.tfrecord").write_bytes(data + data)
    with pytest.raises(BadTable, match="several of its records have no feature `image/id`"):
        read(tmp_path / "b.tfrecord")


def test_a_path_without_embeddings_is_refused(tmp_path):
    (tmp_path / "e.txt").touch()
    for path, what in ((tmp_path, "holds none"), (tmp_path / "e.txt", "is none")):
        with pytest.raises(DatasetNotFound, match=what):
            files_of(path)
    with pytest.raises(DatasetNotFound, match="is not there"):
        files_of(tmp_path / "gone.npz")


def test_damaged_parts_and_learned_states_of_a_store_are_left_out(tmp_path):
    for name in (RECIPE, "part-1.parquet", "damaged-part-2.parquet", "learned-3.npz"):
        (tmp_path / name).touch()
    assert files_of(tmp_path) == [tmp_path / "part-1.parquet"]


def test_a_digest_changes_with_any_file_or_name_of_a_folder(tmp_path):
    embedded.npy_folder(tmp_path, ["a", "b"], VALUES[:2])
    first = digest_of(tmp_path)
    assert digest_of(tmp_path) == first
    (tmp_path / "b.npy").rename(tmp_path / "c.npy")
    renamed = digest_of(tmp_path)
    np.save(tmp_path / "c.npy", VALUES[2])
    assert len({first, renamed, digest_of(tmp_path)}) == 3
