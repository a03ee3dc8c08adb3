import numpy as np
import pytest

from features.folding import fill, fold, foldable, pooled
from features.runtime import keras

pytestmark = pytest.mark.slow
layers = keras.layers
RNG = np.random.default_rng(0)
PIXELS = RNG.normal(size=(3, 9, 9, 3)).astype(np.float32)


def with_lived_in_norms(outputs, inputs):
    model = keras.Model(inputs, outputs)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([RNG.uniform(0.5, 2, w.shape) for w in layer.get_weights()])
    return model


def n_norms(model):
    return sum(isinstance(layer, layers.BatchNormalization) for layer in model.layers)


@pytest.mark.parametrize(
    "convolution",
    [
        layers.Conv2D(4, 3),
        layers.Conv2D(4, 3, use_bias=False, strides=2, padding="same"),
        layers.Conv2D(6, 3, groups=3),
        layers.DepthwiseConv2D(3, depth_multiplier=2),
        layers.DepthwiseConv2D(3, use_bias=False),
    ],
)
@pytest.mark.parametrize("norm", [{}, {"scale": False}, {"center": False, "epsilon": 0.1}])
def test_a_norm_after_a_convolution_goes_and_the_outputs_stay(convolution, norm):
    fresh = type(convolution).from_config(convolution.get_config())
    inputs = keras.Input((9, 9, 3))
    outputs = layers.ReLU()(layers.BatchNormalization(**norm)(fresh(inputs)))
    model = with_lived_in_norms(outputs, inputs)
    folded = fold(model)
    assert (n_norms(model), n_norms(folded)) == (1, 0)
    np.testing.assert_allclose(folded(PIXELS), model(PIXELS), rtol=1e-4, atol=1e-5)


def norm_first(inputs):
    return layers.Conv2D(2, 3)(layers.BatchNormalization()(inputs))


def activated_convolution(inputs):
    return layers.BatchNormalization()(layers.Conv2D(2, 3, activation="relu")(inputs))


def convolution_used_twice(inputs):
    convolved = layers.Conv2D(2, 3)(inputs)
    return layers.Add()([convolved, layers.BatchNormalization()(convolved)])


@pytest.mark.parametrize("network", [norm_first, activated_convolution, convolution_used_twice])
def test_a_norm_that_cannot_be_folded_stays(network):
    inputs = keras.Input((9, 9, 3))
    model = with_lived_in_norms(network(inputs), inputs)
    folded = fold(model)
    assert n_norms(folded) == 1
    np.testing.assert_allclose(folded(PIXELS), model(PIXELS), rtol=1e-4, atol=1e-5)


def test_a_nested_model_still_computes_the_same():
    inner_inputs = keras.Input((9, 9, 3))
    inner = with_lived_in_norms(activated_convolution(inner_inputs), inner_inputs)
    inputs = keras.Input((9, 9, 3))
    model = keras.Model(inputs, layers.ReLU()(inner(inputs)))
    np.testing.assert_allclose(fold(model)(PIXELS), model(PIXELS), rtol=1e-4, atol=1e-5)


def test_the_original_keeps_its_norms_and_its_weights():
    inputs = keras.Input((9, 9, 3))
    norm = layers.BatchNormalization()
    model = with_lived_in_norms(norm(layers.Conv2D(2, 3)(inputs)), inputs)
    before = model.get_weights()
    fold(model, "mixed_bfloat16")
    assert foldable(model) == {model.layers[1].name: norm}
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("keepdims", [False, True])
def test_averages_stay_averages_whatever_the_image_size(keepdims):
    inputs = keras.Input((None, None, 3))
    pooled = layers.GlobalAveragePooling2D(keepdims=keepdims)(layers.Conv2D(2, 3)(inputs))
    folded = fold(keras.Model(inputs, pooled))
    expected = np.asarray(folded.layers[1](PIXELS)).mean(axis=(1, 2), keepdims=keepdims)
    np.testing.assert_allclose(folded(PIXELS), expected, rtol=1e-5, atol=1e-6)


def test_pixels_are_still_normalised():
    inputs = keras.Input((9, 9, 3))
    model = keras.Model(inputs, layers.Normalization()(inputs))
    fill(model.layers[1], [np.array([1.0, 2, 3]), np.array([4.0, 9, 16]), np.array(0)])
    expected = (PIXELS - [1, 2, 3]) / [2, 3, 4]
    np.testing.assert_allclose(fold(model)(PIXELS), expected, rtol=1e-5, atol=1e-6)


def test_a_feature_map_is_averaged_and_a_vector_left_alone():
    vectors = PIXELS.mean(axis=(1, 2))
    np.testing.assert_allclose(
        pooled(keras.ops.convert_to_tensor(PIXELS)).numpy(), vectors, atol=1e-6
    )
    np.testing.assert_array_equal(pooled(keras.ops.convert_to_tensor(vectors)).numpy(), vectors)
