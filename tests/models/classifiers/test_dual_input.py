import numpy as np
import pytest

from evaluation.auc import auc
from models.views import Block, Views
from tests.models import made_up

pytestmark = pytest.mark.slow

TRAIN, VALIDATION, TEST = (made_up.labelled(400, seed=seed) for seed in range(3))


@pytest.mark.parametrize("fusion", ["concat", "gated", "attention"])
def test_what_only_both_views_together_show_is_learned(fusion):
    from models.classifiers.dual_input import DualInput

    model = DualInput(fusion=fusion, epochs=30).fit(*TRAIN, validation=VALIDATION)
    reported = ~np.isnan(TEST[1][:, 0])
    found = model.predict_proba(TEST[0])[reported, 0]
    # Either view alone reaches 0.75.
    assert auc(TEST[1][reported, 0] == 1, found) > 0.87


def test_metadata_joins_where_it_is_asked_for():
    from models.classifiers.dual_input import DualInput

    def with_metadata(views):
        known = Block(np.zeros((len(views), 9), np.float32), "metadata")
        return Views({**views.blocks, "metadata": known})

    plain, more = DualInput(), DualInput(views=("deep", "words", "metadata"), epochs=1)
    assert "metadata" not in plain.needs
    validation = (with_metadata(VALIDATION[0]), VALIDATION[1])
    fitted = more.fit(with_metadata(TRAIN[0]), TRAIN[1], validation=validation)
    assert set(fitted.network_.input) == {"net", "sift", "metadata"}
