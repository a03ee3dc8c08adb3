import json

import numpy as np

from evaluation.plain import plain


def test_numbers_lose_their_array_type_and_keep_their_kind():
    assert json.dumps([plain(np.int64(3)), plain(np.float64(0.5)), plain(2)]) == "[3, 0.5, 2]"


def test_nan_becomes_null():
    assert plain(np.nan) is None
    assert plain(np.float64("nan")) is None
