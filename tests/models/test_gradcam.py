import numpy as np
import pytest

from errors import InvalidOption

pytestmark = pytest.mark.slow

SIDE, CHANNELS, LABELS = 12, 4, 3
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (11, SIDE, SIDE), dtype=np.uint8)
WORDS = RNG.normal(size=(11, 5)).astype(np.float32)
VECTORS = {"words": WORDS}
WEIGHTS = RNG.normal(size=(CHANNELS, LABELS)).astype(np.float32)


class Tiny:
    """An extractor of two convolutions, the second at half the size."""

    def __init__(self):
        from features.runtime import keras

        layers = keras.layers
        pixels = keras.Input((SIDE, SIDE, 3))
        start = keras.initializers.HeNormal(seed=1)
        fine = layers.Conv2D(CHANNELS, 3, padding="same", kernel_initializer=start, name="fine")
        coarse = layers.Conv2D(
            CHANNELS, 2, 2, activation="relu", kernel_initializer=start, name="coarse"
        )
        self.backbone = keras.Model(pixels, coarse(fine(pixels)), name="tiny")

    def prepare(self, images):
        from features.runtime import tf

        return tf.repeat(tf.cast(images, tf.float32)[..., None], 3, axis=-1) / 255


@pytest.fixture(scope="module")
def tiny():
    return Tiny()


def linear(vectors):
    """One linear layer over the pooled vector; the words count for nothing."""
    return vectors["net"] @ WEIGHTS


def curved(vectors):
    """The words say how much the net counts, and the net itself is squared."""
    from features.runtime import tf

    return (vectors["net"] ** 2 @ WEIGHTS) * (1 + tf.reduce_sum(vectors["words"] ** 2, 1)[:, None])


def maps(extractor, head, columns=(0, 1, 2), methods=("gradcam",), layer="", **given):
    from models.gradcam import GradCam, joined

    camera = GradCam(joined(extractor.backbone, extractor.prepare, head, "net", layer), methods)
    return camera.maps(given.get("images", IMAGES), given.get("vectors", VECTORS), columns)


def features(extractor):
    return extractor.backbone(extractor.prepare(IMAGES)).numpy()


def test_over_one_linear_layer_it_is_the_class_activation_map(tiny):
    found = features(tiny)
    places = found.shape[1] * found.shape[2]
    expected = np.maximum(np.einsum("nhwc,ck->nkhw", found, WEIGHTS), 0) / places
    np.testing.assert_allclose(maps(tiny, linear)["gradcam"], expected, atol=1e-5)


def test_plus_plus_is_a_slow_loop_over_its_formula(tiny):
    slow = np.zeros((len(IMAGES), LABELS, 6, 6))
    for image, found in enumerate(features(tiny).astype(float)):
        for label in range(LABELS):
            for channel in range(CHANNELS):
                plane, weight = found[:, :, channel], 0.0
                slope = WEIGHTS[channel, label] / plane.size
                for _ in range(plane.size):
                    below = 2 * slope**2 + plane.sum() * slope**3
                    weight += slope**2 / below * max(slope, 0)
                slow[image, label] += weight * plane
    found = maps(tiny, linear, methods=("gradcam++",))["gradcam++"]
    np.testing.assert_allclose(found, np.maximum(slow, 0), atol=1e-5)


def test_the_joined_network_says_what_its_parts_say(tiny):
    from models.gradcam import joined

    pooled = features(tiny).mean(axis=(1, 2))
    _, found = joined(tiny.backbone, tiny.prepare, curved, "net")(IMAGES, VECTORS)
    expected = curved({"net": pooled, "words": WORDS})
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-4)


def test_slopes_in_an_inner_layer_are_those_of_small_steps(tiny):
    from features.runtime import keras, tf

    fine = keras.Model(tiny.backbone.inputs, tiny.backbone.get_layer("fine").output)
    inner = fine(tiny.prepare(IMAGES[:1])).numpy()
    rest = tiny.backbone.get_layer("coarse")

    def logit(values):
        pooled = tf.reduce_mean(rest(values), axis=[1, 2])
        return float(curved({"net": pooled, "words": WORDS[:1]})[0, 1])

    step, weights = 1e-2, np.zeros(CHANNELS)
    for channel in range(CHANNELS):
        # The mean slope over all places is the slope of moving all of them, over their number.
        moved = np.zeros_like(inner)
        moved[..., channel] = step
        weights[channel] = (logit(inner + moved) - logit(inner - moved)) / (2 * step * SIDE**2)
    expected = np.maximum(inner[0] @ weights, 0)
    found = maps(tiny, curved, layer="fine")["gradcam"][0, 1]
    assert found.shape == (SIDE, SIDE)
    np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(inner[0] @ weights).max())


def test_all_labels_of_a_batch_are_those_of_images_and_labels_alone(tiny):
    together = maps(tiny, curved, columns=(2, 0))["gradcam"]
    for image in (0, 9):
        given = {"images": IMAGES[[image]], "vectors": {"words": WORDS[[image]]}}
        for place, column in enumerate((2, 0)):
            alone = maps(tiny, curved, columns=[column], **given)["gradcam"]
            np.testing.assert_allclose(together[image, place], alone[0, 0], rtol=1e-4, atol=1e-7)


def test_words_are_held_as_they_are(tiny):
    without = maps(tiny, curved, vectors={"words": np.zeros_like(WORDS)})["gradcam"]
    factors = 1 + (WORDS**2).sum(axis=1)[:, None, None, None]
    np.testing.assert_allclose(maps(tiny, curved)["gradcam"], factors * without, rtol=1e-3)


def test_several_methods_share_a_pass(tiny):
    both = maps(tiny, curved, methods=("gradcam", "gradcam++"))
    for method, found in both.items():
        alone = maps(tiny, curved, methods=(method,))[method]
        np.testing.assert_allclose(found, alone, rtol=1e-4, atol=1e-7)


def test_a_logit_that_pixels_do_not_move_has_a_map_of_zeros_which_stays_so(tiny):
    found = maps(tiny, lambda vectors: 0 * linear(vectors), methods=("gradcam", "gradcam++"))
    for values in found.values():
        assert not values.any()


def test_an_unknown_layer_names_some_there_are(tiny):
    with pytest.raises(InvalidOption, match=r"got 'conv9'.*fine, coarse"):
        maps(tiny, linear, layer="conv9")


def test_an_unknown_method_names_those_there_are(tiny):
    with pytest.raises(InvalidOption, match=r"one of gradcam, gradcam\+\+; got 'lime'"):
        maps(tiny, linear, methods=("gradcam", "lime"))
