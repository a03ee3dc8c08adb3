from pathlib import Path

import numpy as np

from reports import provenance
from reports.report_tree import Count


def test_labels_are_counted_among_the_images_that_report_them():
    labels = np.array([[1, np.nan], [0, 1], [1, np.nan]])
    counts = provenance.prevalences({"test": labels}, ["a", "b"])
    assert counts["a"]["test"] == Count(positives=2, images=3)
    assert counts["b"]["test"] == Count(positives=1, images=1)


def test_options_become_what_json_knows():
    told = provenance.plain({"views": ("deep",), "data": Path("x"), "split": None, "seed": 3})
    assert told == {"views": ["deep"], "data": "x", "split": None, "seed": 3}


def test_a_library_with_several_packages_has_the_version_of_the_one_that_is_there():
    assert provenance.version_of("opencv").split(".")[0] in {"4", "5"}
    assert provenance.version_of("tensorflow").count(".") == 2
    assert provenance.version_of("no-such-library") == "unknown"
