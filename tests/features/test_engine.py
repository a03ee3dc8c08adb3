import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from errors import InvalidOption
from features import engine as engine_module
from features.engine import Engine
from features.runtime import keras, tf

pytestmark = pytest.mark.slow
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (21, 24, 24), dtype=np.uint8)
ROOT = Path(__file__).parents[2]


def prepare(images):
    return tf.repeat(tf.cast(images, tf.float32)[..., None], 3, axis=-1) / 255


def network(pooled=False):
    inputs = keras.Input((24, 24, 3))
    convolve = keras.layers.Conv2D(40, 5, activation="relu", bias_initializer="ones")
    outputs = keras.layers.Conv2D(130, 3)(convolve(inputs))
    if pooled:
        outputs = keras.layers.GlobalMaxPooling2D()(outputs)
    return keras.Model(inputs, outputs)


@pytest.fixture(scope="module")
def model():
    return network()


def test_a_map_is_averaged_over_its_places(model):
    expected = np.asarray(model(prepare(IMAGES))).mean(axis=(1, 2))
    vectors = Engine(model, prepare, 24, "float32", 8)(IMAGES)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-5)


def test_a_vector_is_passed_on_as_it_is():
    model = network(pooled=True)
    vectors = Engine(model, prepare, 24, "float32", 8)(IMAGES)
    np.testing.assert_allclose(vectors, model(prepare(IMAGES)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_an_image_has_the_same_bits_whoever_comes_with_it(model, policy):
    engine = Engine(model, prepare, 24, policy, 8)
    together = engine(IMAGES)
    order = RNG.permutation(len(IMAGES))
    np.testing.assert_array_equal(engine(IMAGES[order]), together[order])
    for n_images in (1, 2, 3, 5, 13):
        np.testing.assert_array_equal(engine(IMAGES[:n_images]), together[:n_images])


def test_no_images_give_no_rows(model):
    assert Engine(model, prepare, 24, "float32", 8)(IMAGES[:0]).shape == (0, 130)


def test_bfloat16_stays_near_float32(model):
    exact = Engine(model, prepare, 24, "float32", 8)(IMAGES)
    reduced = Engine(model, prepare, 24, "mixed_bfloat16", 8)(IMAGES)
    error = np.linalg.norm(reduced - exact) / np.linalg.norm(exact)
    assert 0 < error < 0.02


def with_room_for(n_images, run):
    def limited(images):
        if len(images) > n_images:
            raise tf.errors.ResourceExhaustedError(None, None, "no room")
        return run(images)

    return limited


def test_where_memory_ends_batches_shrink_and_the_run_goes_on(model, monkeypatch):
    warnings = []
    monkeypatch.setattr(engine_module, "warn", warnings.append)
    engine = Engine(model, prepare, 24, "float32", 8)
    expected = engine(IMAGES)
    engine._run = with_room_for(3, engine._run)
    np.testing.assert_allclose(engine(IMAGES), expected, rtol=1e-5, atol=1e-6)
    assert engine.batch_size == 2
    assert [warning.split()[-2] for warning in warnings] == ["4", "2"]


def test_an_image_that_does_not_fit_alone_is_a_clear_error(model, monkeypatch):
    monkeypatch.setattr(engine_module, "warn", lambda _: None)
    engine = Engine(model, prepare, 24, "float32", 8)
    engine._run = with_room_for(0, engine._run)
    with pytest.raises(InvalidOption, match=r"24 x 24 pixels.*--image-size"):
        engine(IMAGES)


ON_TWO_DEVICES = """
import numpy as np
from features.runtime import keras, tf
(processor,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
from features.engine import Engine
inputs = keras.Input((8, 8, 3))
model = keras.Model(inputs, keras.layers.Conv2D(4, 3)(inputs))
prepare = lambda images: tf.repeat(tf.cast(images, tf.float32)[..., None], 3, axis=-1)
engine = Engine(model, prepare, 8, "float32", 2)
run, used = engine._run, []
def seen(images):
    results = run(images)
    used.append(results[0].device[-5:])
    return results
engine._run = seen
films = np.random.default_rng(0).integers(0, 256, (9, 8, 8), dtype=np.uint8)
vectors = engine(films)
expected = np.asarray(model(prepare(films))).mean(axis=(1, 2))
np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-4)
print(sorted(used), engine.images_at_once)
from types import SimpleNamespace
from features.branch import Branch
used.clear()
extractor = SimpleNamespace(transform_images=engine, images_at_once=engine.images_at_once)
branch = Branch(extractor, store=None)
for film in films[:8]:
    branch.accept("", "", film)
print(sorted(used))
"""


@pytest.fixture(scope="module")
def on_two_devices():
    """Lines that a process with two devices prints: of an engine, and of an extraction."""
    ran = subprocess.run(
        [sys.executable, "-c", ON_TWO_DEVICES], cwd=ROOT, capture_output=True, text=True
    )
    assert not ran.returncode, ran.stderr
    return ran.stdout.splitlines()


def test_batches_are_spread_over_all_devices_and_come_back_in_order(on_two_devices):
    assert on_two_devices[0] == f"{['CPU:0'] * 3 + ['CPU:1'] * 2} 4"


def test_extraction_keeps_all_devices_at_work(on_two_devices):
    assert on_two_devices[1] == f"{['CPU:0'] * 2 + ['CPU:1'] * 2}"
