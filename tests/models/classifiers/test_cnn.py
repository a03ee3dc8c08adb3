import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


def test_the_baseline_sees_only_the_embedding():
    from models.classifiers.cnn import Cnn

    fitted = Cnn(epochs=2, hidden=4).fit(*TRAIN, validation=VALIDATION)
    assert set(fitted.network_.input) == {"net"}
    other = made_up.views(TEST[0].arrays["net"], np.zeros((120, 10)))
    np.testing.assert_array_equal(fitted.predict_proba(other), fitted.predict_proba(TEST[0]))


def test_the_baseline_learns_from_plain_arrays():
    from models.classifiers.cnn import Cnn

    labels, values = TRAIN[1], TRAIN[0].arrays["net"]
    fitted = Cnn(epochs=2, hidden=4).fit(values, labels, patients=np.arange(120) // 2)
    assert fitted.predict_proba(values).shape == labels.shape
    np.testing.assert_array_equal(
        fitted.predict_proba(values), fitted.predict_proba(values.tolist())
    )
