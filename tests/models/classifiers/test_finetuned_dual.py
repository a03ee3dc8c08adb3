import numpy as np
import pytest

from models.views import Block, Views
from tests.models import made_up

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fusion", ["concat", "gated"])
def test_images_and_words_both_reach_the_labels(fusion):
    from models.classifiers.finetuned_dual import FineTunedDual

    views, labels = made_up.labelled(40)
    views = made_up.with_images(views)
    options = {"backbone": "keras_file", "weights": made_up.backbone_file(), "fusion": fusion}
    fitted = FineTunedDual(**options, epochs=1, hidden=4)
    fitted.fit(views, labels, validation=(views, labels))
    assert set(fitted.network_.input) == {"sift", "pixels"}
    plain = fitted.predict_proba(views)
    for name in ("sift", "pixels"):
        block = views.blocks[name]
        changed = Views({**views.blocks, name: Block(block.values[::-1], block.kind)})
        assert np.abs(fitted.predict_proba(changed) - plain).max() > 1e-5
