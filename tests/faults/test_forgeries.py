"""Forged bundles: each is refused in one sentence or gives finite probabilities, and none runs."""

import numpy as np
import pytest

from errors import HybridError
from inference.predictor import Predictor
from tests import forgeries

pytestmark = pytest.mark.long

CASES = [pytest.param(bundle, change, id=name) for name, bundle, change in forgeries.everything()]
# Changes that do no harm, and single bytes of which some do none.
HARMLESS = ("a label of escapes", "versions that are a text", "trees: noise")


@pytest.mark.parametrize(("bundle", "change"), CASES)
def test_a_forged_bundle_is_refused_in_one_sentence(tmp_path, bundle, change, request):
    folder, case = forgeries.forged(bundle, change, tmp_path / "bundle"), request.node.callspec.id
    weights = "" if "weights" in case else str(forgeries.NETWORK_FILE)
    try:
        (image,) = Predictor(folder, weights).predict([forgeries.FIXTURES / "f0.png"])
    except HybridError as error:
        refusal = str(error)
    else:
        assert case.startswith(HARMLESS)
        assert np.isfinite([finding.probability for finding in image.findings]).all()
        return
    assert "\n" not in refusal
