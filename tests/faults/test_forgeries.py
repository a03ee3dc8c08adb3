"""Forged bundles: each is refused in one sentence or gives finite probabilities, and none runs."""

import numpy as np
import pytest

from errors import HybridError
from pipelines.predictor import Predictor
from tests import forgeries

pytestmark = pytest.mark.long

CASES = [pytest.param(bundle, change, id=name) for name, bundle, change in forgeries.everything()]
ACCEPTED = ("a label of escapes", "versions that are a text")


@pytest.mark.parametrize(("bundle", "change"), CASES)
def test_a_forged_bundle_is_refused_in_one_sentence(tmp_path, bundle, change, request):
    folder = forgeries.forged(bundle, change, tmp_path / "bundle")
    weights = "" if "weights" in request.node.callspec.id else str(forgeries.NETWORK_FILE)
    if request.node.callspec.id in ACCEPTED:
        (film,) = Predictor(folder, weights).predict([forgeries.FIXTURES / "f0.png"])
        assert np.isfinite([finding.probability for finding in film.findings]).all()
        return
    with pytest.raises(HybridError) as refusal:
        Predictor(folder, weights)
    assert "\n" not in str(refusal.value)
