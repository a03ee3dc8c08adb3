from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from errors import BadArrays, BadTable
from features import embedding_tables
from features.embedding_tables import of_csv, of_parquet

IDS = ["a.png", "b.png", "c.png"]
VALUES = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


def whole(rows):
    ids, values = zip(*rows, strict=True)
    return [*chain.from_iterable(ids)], np.concatenate(values)


def written(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("kind", ["float32", "float64", "float16"])
def test_a_column_of_lists_is_the_embedding(tmp_path, kind):
    values = VALUES.astype(kind)
    column = pa.array(list(values), pa.list_(pa.from_numpy_dtype(values.dtype)))
    ids, found = whole(of_parquet(written(tmp_path / "e.parquet", id=IDS, vector=column)))
    assert ids == IDS
    np.testing.assert_array_equal(found, values)


def test_lists_of_lists_keep_their_tokens(tmp_path):
    tokens = VALUES.reshape(3, 2, 2)
    path = written(tmp_path / "e.parquet", id=IDS, tokens=tokens.tolist())
    np.testing.assert_array_equal(whole(of_parquet(path))[1], tokens)


def test_a_column_with_the_usual_name_is_taken_before_others(tmp_path):
    path = written(tmp_path / "e.parquet", image=IDS, boxes=[[1.0]] * 3, embedding=VALUES.tolist())
    np.testing.assert_array_equal(whole(of_parquet(path))[1], VALUES)


def test_numbers_in_columns_of_their_own_are_the_embedding(tmp_path):
    columns = dict(zip("wxyz", VALUES.T, strict=True))
    path = written(tmp_path / "e.parquet", **columns, name=IDS, **{"image id": IDS})
    ids, found = whole(of_parquet(path))
    assert ids == IDS
    np.testing.assert_array_equal(found, VALUES)


def test_a_missing_number_is_not_a_number(tmp_path):
    path = written(tmp_path / "e.parquet", id=["a"], vector=[[1.0, None]])
    assert np.isnan(whole(of_parquet(path))[1]).tolist() == [[False, True]]


def test_rows_of_several_widths_come_one_by_one(tmp_path):
    path = written(tmp_path / "e.parquet", id=IDS, vector=[[1.0], [1.0, 2.0], None])
    assert [(ids, values.shape) for ids, values in of_parquet(path)] == [
        (["a.png"], (1, 1)),
        (["b.png"], (1, 2)),
        (["c.png"], (1, 0)),
    ]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [({"id": IDS, "name": IDS}, "no column of numbers beside 'id'")],
)
def test_a_table_without_numbers_is_refused(tmp_path, columns, reason):
    with pytest.raises(BadArrays, match=reason):
        list(of_parquet(written(tmp_path / "e.parquet", **columns)))


def test_bytes_that_are_no_parquet_are_refused(tmp_path):
    (tmp_path / "e.parquet").write_bytes(b"no parquet file")
    with pytest.raises(BadArrays, match="no Parquet table"):
        list(of_parquet(tmp_path / "e.parquet"))


def test_a_table_that_declares_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding_tables, "MAX_NUMBERS", 11)
    with pytest.raises(BadArrays, match="more than 5,000,000 rows or 11 numbers"):
        list(of_parquet(written(tmp_path / "e.parquet", id=IDS, vector=VALUES.tolist())))


def test_a_table_that_unpacks_to_much_more_than_it_is_long_is_refused(tmp_path):
    path = written(tmp_path / "e.parquet", id=["a"] * 2**19, x=np.zeros(2**19))
    with pytest.raises(BadArrays, match="unpacks to over 100 times its size"):
        list(of_parquet(path))


def test_a_csv_has_a_column_for_each_number_in_any_place(tmp_path):
    frame = pd.DataFrame(VALUES)
    frame.insert(2, "Image Index", IDS)
    frame.to_csv(tmp_path / "e.csv", index=False)
    ids, found = whole(of_csv(tmp_path / "e.csv"))
    assert ids == IDS
    np.testing.assert_array_equal(found, VALUES)


def test_a_csv_may_have_more_columns_than_a_label_table(tmp_path):
    values = np.arange(1500, dtype=np.float32)[None]
    pd.DataFrame(values).assign(id="a").to_csv(tmp_path / "e.csv.gz", index=False)
    np.testing.assert_array_equal(whole(of_csv(tmp_path / "e.csv.gz"))[1], values)


def test_an_empty_cell_is_not_a_number_and_an_id_stays_as_it_is(tmp_path):
    (tmp_path / "e.csv").write_text("id,x,y\nNA,1,\n007,NaN,2\n")
    ids, found = whole(of_csv(tmp_path / "e.csv"))
    assert ids == ["NA", "007"]
    assert np.isnan(found).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    "data",
    [
        b"id,x,sex\na,1,F\n",
        b"id,x\na,1,2\n",
        b'id,x\n"a,1\n',
        b"id;x\na;1,5\n",
        b"id,x\n\xef,1\n",
        b"",
    ],
    ids=["text", "longer row", "open quote", "semicolons", "latin", "nothing"],
)
def test_a_csv_with_more_than_ids_and_numbers_is_refused(data, tmp_path):
    (tmp_path / "e.csv").write_bytes(data)
    with pytest.raises(BadArrays, match="no CSV table with a column of ids and else only numbers"):
        list(of_csv(tmp_path / "e.csv"))


def test_a_csv_with_too_many_columns_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(embedding_tables, "MAX_COLUMNS", 2)
    (tmp_path / "e.csv").write_text("id,x,y\na,1,2\n")
    with pytest.raises(BadTable, match="at most 2 columns"):
        list(of_csv(tmp_path / "e.csv"))
