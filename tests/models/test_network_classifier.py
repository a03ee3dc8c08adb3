import numpy as np
import pytest

from errors import InvalidOption
from tests.models import made_up

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


@pytest.fixture(scope="module")
def fitted():
    from models.classifiers.dual_input import DualInput

    return DualInput(epochs=3, hidden=8).fit(*TRAIN, validation=VALIDATION)


def test_its_network_maps_named_blocks_to_a_logit_for_every_label(fitted):
    found = fitted.network_(TEST[0].arrays).numpy()
    learned = np.isnan(fitted.constants_)
    expected = fitted.decision_function(TEST[0])
    assert found.shape == expected.shape
    np.testing.assert_allclose(found[:, learned], expected[:, learned], rtol=1e-5)


def test_its_history_survives_the_disk(fitted, tmp_path):
    from models.classifiers.dual_input import DualInput

    fitted.save(tmp_path)
    again = DualInput().load(tmp_path)
    np.testing.assert_array_equal(again.history_, fitted.history_)
    assert again.history_.dtype.names[:2] == ("loss", "validation_loss")
    assert len(again.history_) == 3


def test_it_starts_from_how_common_each_label_is():
    from models.network_classifier import prior

    labels = np.array([[1, np.nan], [0, np.nan], [0, np.nan]])
    np.testing.assert_allclose(prior(labels), [np.log((2 / 5) / (3 / 5)), 0], rtol=1e-6)


def test_an_unknown_fusion_is_refused_by_name():
    from models.classifiers.dual_input import DualInput

    with pytest.raises(InvalidOption, match="fusion must be one of concat, gated, attention"):
        DualInput(fusion="mean").fit(*TRAIN, validation=VALIDATION)


@pytest.mark.parametrize("block", ["net", "sift"])
def test_attribution_is_each_number_times_the_slope_of_the_logit(fitted, block):
    views = TEST[0].select(np.arange(5))
    found = fitted.attribution(views, [1, 0]).blocks[block]
    step = 0.02 * np.abs(views.arrays[block]).mean()
    for column in range(3):
        moved = []
        for side in (-step, step):
            arrays = {name: values.copy() for name, values in views.arrays.items()}
            arrays[block][:, column] += side
            moved.append(fitted.decision_function(made_up.views(arrays["net"], arrays["sift"])))
        slopes = (moved[1] - moved[0])[:, [1, 0]] / (2 * step)
        expected = slopes * views.arrays[block][:, [column]]
        np.testing.assert_allclose(found[:, :, column], expected, atol=0.02)


def test_its_logits_as_tensors_are_its_logits_whatever_else_is_given(fitted):
    more = {**TEST[0].arrays, "patient": np.zeros((len(TEST[0]), 3))}
    expected = fitted.network_(TEST[0].arrays).numpy()
    np.testing.assert_allclose(fitted.tensor_logits(more).numpy(), expected, rtol=1e-5)
