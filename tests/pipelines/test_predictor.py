import importlib
import sys

import pytest

from inference import predictor


@pytest.mark.slow
def test_the_old_import_still_works_and_names_the_new_one():
    sys.modules.pop("pipelines.predictor", None)
    with pytest.warns(DeprecationWarning, match=r"from inference\.predictor import Predictor"):
        old = importlib.import_module("pipelines.predictor")
    assert old.Predictor is predictor.Predictor
