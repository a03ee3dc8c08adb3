import threading
from functools import partial
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import keras.src.applications.resnet as keras_resnet
import keras.src.backend.config as keras_config
import numpy as np
import pytest

from errors import WeightsUnavailable
from features import weights
from features.folding import fill
from features.runtime import keras, tf

pytestmark = pytest.mark.slow
layers = keras.layers
RESNET_FILE = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"


def tiny(include_top, weights, input_shape, channels=4):
    """A network with the signature of a Keras application."""
    inputs = keras.Input(input_shape)
    normal = layers.Normalization()(inputs)
    hidden = layers.Conv2D(channels, 3, activation="relu")(normal)
    return keras.Model(inputs, layers.DepthwiseConv2D(3)(hidden), name="tiny")


def digest_of(model):
    return md5(b"".join(array.tobytes() for array in model.get_weights())).hexdigest()


def saved(path, *stack, inputs=(16, 16, 3)):
    start = keras.Input(inputs)
    outputs = start
    for layer in stack:
        outputs = layer(outputs)
    keras.Model(start, outputs, name="saved").save(path)
    return path


# Random weights


def test_the_same_seed_draws_the_same_weights_and_another_seed_others():
    one, again, other = (weights.random(tiny, 16, seed) for seed in (3, 3, 4))
    assert digest_of(one) == digest_of(again)
    assert digest_of(one) != digest_of(other)


def test_kernels_are_within_their_bounds():
    *_, kernel, _, depthwise, _ = weights.random(tiny, 16, 0, gain=0.5).get_weights()
    for array, fan_in in ((kernel, 27), (depthwise, 9)):
        bound = 0.5 * np.sqrt(6 / fan_in)
        assert 0.8 * bound < np.abs(array).max() <= bound


def test_drawing_leaves_the_global_generators_alone():
    np.random.seed(5)
    tf.random.set_seed(5)
    expected = np.random.random(), float(tf.random.uniform(()))
    np.random.seed(5)
    tf.random.set_seed(5)
    weights.random(tiny, 16, 0)
    assert (np.random.random(), float(tf.random.uniform(()))) == expected


# Files


@pytest.mark.parametrize("name", ["w.weights.h5", "w.keras"])
def test_a_file_of_the_same_network_gives_its_weights(tmp_path, name):
    source, path = weights.random(tiny, 16, 1), tmp_path / name
    fill(source.layers[1], [np.array([1.0, 2, 3]), np.array([4.0, 9, 16]), np.array(0)])
    (source.save if path.suffix == ".keras" else source.save_weights)(path)
    loaded = weights.from_file(tiny, 16, path)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 16, 16, 3))
    np.testing.assert_array_equal(loaded(pixels), source(pixels))
    assert digest_of(loaded) == digest_of(source)


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "w.weights.h5"
    tiny(False, None, (16, 16, 3), channels=5).save_weights(path)
    with pytest.raises(WeightsUnavailable, match="must be for tiny"):
        weights.from_file(tiny, 16, path)


def test_another_network_in_a_keras_file_is_told_where_to_go(tmp_path):
    path = saved(tmp_path / "other.keras", layers.Conv2D(2, 3))
    with pytest.raises(WeightsUnavailable, match="--backbone keras_file"):
        weights.from_file(tiny, 16, path)


@pytest.mark.parametrize("name", ["w.weights.h5", "w.h5", "w.keras"])
@pytest.mark.parametrize("content", [None, b"", b"not weights at all"])
def test_a_missing_or_foreign_file_is_one_sentence(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsUnavailable, match=name) as error:
        weights.from_file(tiny, 16, path)
    assert "\n" not in str(error.value)


def test_a_damaged_keras_file_is_refused(tmp_path):
    path = saved(tmp_path / "m.keras", layers.Conv2D(2, 3))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(WeightsUnavailable, match="safe to load"):
        weights.open_model(path)


def test_a_lambda_layer_is_refused(tmp_path):
    path = saved(tmp_path / "m.keras", layers.Lambda(lambda x: x), layers.Conv2D(2, 3))
    with pytest.raises(WeightsUnavailable, match="safe to load"):
        weights.open_model(path)


@pytest.mark.parametrize("inputs", [(16, 16, 1), (16, 20, 3), (16, 3)])
def test_other_input_than_a_square_image_of_three_channels_is_refused(tmp_path, inputs):
    stack = [layers.Conv2D(2, 3)] if len(inputs) == 3 else [layers.Conv1D(2, 3)]
    path = saved(tmp_path / "m.keras", *stack, inputs=inputs)
    with pytest.raises(WeightsUnavailable, match=r"\(size, size, 3\)"):
        weights.open_model(path)


@pytest.mark.parametrize(
    "top",
    [
        [layers.GlobalAveragePooling2D(), layers.Dense(5)],
        [layers.GlobalAveragePooling2D(), layers.Softmax()],
        [layers.Conv2D(2, 3, activation="softmax")],
        [layers.GlobalAveragePooling2D(), layers.Activation("sigmoid")],
        [layers.GlobalAveragePooling2D(), keras.Sequential([layers.Dense(5)])],
        [layers.Reshape((64, 12))],
    ],
)
def test_a_classification_top_is_refused(tmp_path, top):
    path = saved(tmp_path / "m.keras", *top)
    with pytest.raises(WeightsUnavailable, match="without its classification head"):
        weights.open_model(path)


# Downloads


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A stand-in for the server of Keras' weights: what lies in the folder is what it has."""
    folder = tmp_path / "server"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(keras_resnet, "BASE_WEIGHTS_PATH", address)
        monkeypatch.setattr(keras_config, "_KERAS_DIR", str(tmp_path / "cache"))
        (tmp_path / "cache").mkdir()
        yield folder
        server.shutdown()


@pytest.fixture
def resnet(server, monkeypatch):
    """A ResNet50 whose weights lie on the server under ImageNet's name and digest."""
    model = weights.random(keras.applications.ResNet50, 32, 7)
    path = server / RESNET_FILE
    model.save(path)
    hashes = ("unused", md5(path.read_bytes()).hexdigest())
    monkeypatch.setitem(keras_resnet.WEIGHTS_HASHES, "resnet50", hashes)
    return model


def test_imagenet_weights_are_downloaded_and_then_come_from_the_cache(resnet, server, capsys):
    expected = digest_of(resnet)
    for _ in range(2):
        loaded = weights.imagenet(keras.applications.ResNet50, 32)
        assert digest_of(loaded) == expected
        (server / RESNET_FILE).unlink(missing_ok=True)
    assert capsys.readouterr().out == ""


def test_a_truncated_download_is_one_sentence_and_is_not_trusted_later(resnet, server):
    path = server / RESNET_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsUnavailable, match=r"ResNet50 .*--weights random") as error:
        weights.imagenet(keras.applications.ResNet50, 32)
    assert "\n" not in str(error.value)
    path.write_bytes(whole)
    loaded = weights.imagenet(keras.applications.ResNet50, 32)
    assert digest_of(loaded) == digest_of(resnet)


@pytest.mark.usefixtures("server")
def test_a_server_without_the_file_is_one_sentence():
    with pytest.raises(WeightsUnavailable, match=r"404.*--weights FILE"):
        weights.imagenet(keras.applications.ResNet50, 32)


def test_no_server_at_all_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(keras_resnet, "BASE_WEIGHTS_PATH", "http://127.0.0.1:9/")
    monkeypatch.setattr(keras_config, "_KERAS_DIR", str(tmp_path))
    with pytest.raises(WeightsUnavailable, match=r"refused.*--weights random"):
        weights.imagenet(keras.applications.ResNet50, 32)
