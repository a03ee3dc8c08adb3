from pathlib import Path

import numpy as np

from pipelines.verdict import circumstances


def test_labels_are_counted_among_the_films_that_report_them():
    labels = np.array([[1, np.nan], [0, 1], [1, np.nan]])
    told = circumstances.prevalences({"test": labels}, ["a", "b"])
    assert told["a"]["test"] == {"positives": 2, "films": 3}
    assert told["b"]["test"] == {"positives": 1, "films": 1}


def test_options_become_what_json_knows():
    told = circumstances.plain({"views": ("deep",), "data": Path("x"), "split": None, "seed": 3})
    assert told == {"views": ["deep"], "data": "x", "split": None, "seed": 3}
