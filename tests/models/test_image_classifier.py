import numpy as np
import pytest

from errors import InvalidOption
from models.views import Views
from tests.models import made_up
from tests.models.test_finetuning import TRAIN, VALIDATION, fit, made

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

IMAGES = VALIDATION[0]


@pytest.fixture(scope="module")
def fitted():
    return fit(epochs=3, checkpoint_steps=2)


class Killed(Exception):
    pass


@pytest.mark.parametrize("after", [1, 4])
def test_killed_at_any_checkpoint_and_resumed_it_says_the_same_to_the_bit(
    after, fitted, tmp_path, monkeypatch
):
    from models.finetuning import FineTuner

    kept = []

    def keep_and_die(tuner, reached, checkpoint):
        keep(tuner, reached, checkpoint)
        kept.append(reached)
        if len(kept) == after:
            raise Killed

    keep = FineTuner.keep
    monkeypatch.setattr(FineTuner, "keep", keep_and_die)
    options = {"epochs": 3, "checkpoint_steps": 2}
    with pytest.raises(Killed):
        made(**options).keep_in(tmp_path).fit(*TRAIN, validation=VALIDATION)
    monkeypatch.undo()
    resumed = made(**options).keep_in(tmp_path).fit(*TRAIN, validation=VALIDATION)
    np.testing.assert_array_equal(resumed.predict_proba(IMAGES), fitted.predict_proba(IMAGES))
    np.testing.assert_array_equal(resumed.history_, fitted.history_)


def test_a_training_with_other_options_is_not_gone_on_with(tmp_path):
    made(epochs=1).keep_in(tmp_path).fit(*TRAIN, validation=VALIDATION)
    with pytest.raises(InvalidOption, match="belongs to another"):
        made(epochs=2).keep_in(tmp_path).fit(*TRAIN, validation=VALIDATION)


def test_the_saved_backbone_gives_extract_the_embedding_of_the_network(fitted, tmp_path):
    from features.extractors.keras_file import KerasFile
    from features.runtime import keras

    fitted.save(tmp_path)
    planes = list(IMAGES.arrays["pixels"].reshape(-1, 8, 8))
    found = KerasFile(weights=str(tmp_path / "backbone.keras")).transform(planes)
    network = fitted.network_
    (pooling,) = (
        layer for layer in network.layers if isinstance(layer, keras.layers.GlobalAveragePooling2D)
    )
    expected = keras.Model(network.inputs, pooling.output)([IMAGES.arrays["pixels"]])
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-4, atol=1e-5)


def test_the_network_kept_takes_images_as_bytes_and_needs_none_of_this_code(fitted, tmp_path):
    from features.runtime import keras

    fitted.save(tmp_path)
    network = keras.saving.load_model(tmp_path / "network.keras", compile=False, safe_mode=True)
    learned = np.isnan(fitted.constants_)
    found = np.asarray(network({"pixels": IMAGES.arrays["pixels"]}))
    expected = fitted.decision_function(IMAGES)
    np.testing.assert_allclose(found[:, learned], expected[:, learned], rtol=1e-4, atol=1e-5)


def test_its_choice_of_augmentation_can_be_looked_at(fitted):
    found = fitted.augmented(IMAGES.select(np.arange(4)), 2)
    assert found.shape == (2, 4, 8, 8)
    assert (found[0] != found[1]).any()


def test_from_random_weights_the_backbone_learns_as_fast_as_the_head():
    big = made_up.with_images(made_up.labelled(40)[0], size=32).of("pixels")
    labels = made_up.labelled(40)[1]
    scratch = made(backbone="small_resnet", weights="random", epochs=1)
    scratch.fit(big, labels, validation=(big, labels))
    from features.extractors.small_resnet import SmallResNet

    first = SmallResNet(weights="random", image_size=32).backbone
    moved = [
        np.abs(np.asarray(layer.kernel) - scratch.backbone_.get_layer(layer.name).kernel).max()
        for layer in first.layers
        if hasattr(layer, "kernel")
    ]
    # Adam's steps are of the size of the rate, whatever the gradient's.
    assert min(moved) > 0.3 * max(moved)


def test_views_without_images_are_refused():
    words = Views(made_up.labelled(40)[0].blocks)
    with pytest.raises(InvalidOption, match="no pixels"):
        made().fit(words, VALIDATION[1], validation=(words, VALIDATION[1]))


def test_its_heatmap_is_its_own_backbone_under_its_own_head(fitted):
    from models.gradcam import joined
    from models.image_network import rgb

    images = IMAGES.select(np.arange(5))
    (block,) = images.names
    planes = np.asarray(images.arrays[block]).reshape(5, 8, 8)
    forward = joined(fitted.backbone_, rgb, fitted.tensor_logits, block)
    features, logits = forward(planes, {})
    assert len(features.shape) == 4
    expected = fitted.decision_function(images)
    np.testing.assert_allclose(logits[:, :2], expected[:, :2], atol=1e-4)


def test_its_attribution_and_the_bias_are_its_logits(fitted):
    images = IMAGES.select(np.arange(5))
    attribution = fitted.attribution(images, [1, 0])
    logits = fitted.decision_function(images)[:, [1, 0]]
    np.testing.assert_allclose(sum(attribution.sums.values()) + attribution.bias, logits, atol=1e-4)
    assert next(iter(attribution.sums.values())).any()
