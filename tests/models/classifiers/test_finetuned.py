import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow


def test_it_sees_images_alone():
    from models.classifiers.finetuned import FineTuned

    views, labels = made_up.labelled(40)
    views = made_up.with_images(views)
    options = {"backbone": "keras_file", "weights": made_up.backbone_file()}
    fitted = FineTuned(**options, epochs=1, hidden=4).fit(views, labels, validation=(views, labels))
    assert fitted.needs == ("pixels",)
    assert set(fitted.network_.input) == {"pixels"}
    other = made_up.views(np.zeros((40, 6)), np.zeros((40, 10)))
    images = type(views)({**other.blocks, "pixels": views.blocks["pixels"]})
    np.testing.assert_array_equal(fitted.predict_proba(images), fitted.predict_proba(views))
