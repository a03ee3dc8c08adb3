import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import features.extractors
import registry
from errors import InvalidOption, WeightsUnavailable
from features import backbone as backbone_module
from features import weights
from features.backbone import extractor_for, with_weights
from features.extractors.keras_file import KerasFile
from features.extractors.resnet50 import ResNet50
from features.preprocessing import Preprocessing
from features.runtime import keras
from features.weight_files import digest_of_file

pytestmark = pytest.mark.slow
RNG = np.random.default_rng(0)
PROJECT = Path(__file__).resolve().parents[2]
PLANES = [RNG.integers(0, 256, shape, dtype=np.uint8) for shape in ((40, 50), (32, 32), (90, 20))]


@pytest.fixture(scope="module")
def resnet():
    return ResNet50(weights="random", image_size=32, batch_size=2)


@pytest.fixture
def no_imagenet(monkeypatch, tmp_path):
    def refuse(application, size):
        raise WeightsUnavailable("no ImageNet weights.")

    monkeypatch.setattr(weights, "imagenet", refuse)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def saved_vector_network(path):
    inputs = keras.Input((16, 16, 3))
    maps = keras.layers.Conv2D(4, 3)(inputs)
    keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps)).save(path)
    return path


def test_planes_of_any_size_give_the_rows_of_their_preprocessed_images(resnet):
    images = np.stack([Preprocessing(32, equalise=False)(plane) for plane in PLANES])
    vectors = resnet.fit(PLANES).transform(iter(PLANES))
    assert vectors.shape == (3, resnet.width) == (3, 2048)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, resnet.transform_images(images))


def test_no_planes_give_no_rows(resnet):
    assert resnet.transform([]).shape == (0, 2048)


def test_constructing_and_cloning_build_nothing(resnet):
    assert not {"backbone", "engine"} & set(vars(clone(resnet)))


def test_new_parameters_build_a_new_network():
    extractor = ResNet50(weights="random", image_size=32)
    before = extractor.backbone, extractor.content()
    extractor.set_params(seed=1)
    assert extractor.backbone is not before[0]
    assert extractor.content() != before[1]


@pytest.mark.parametrize(
    ("precision", "policy"),
    [
        *[("float32", "float32"), ("bfloat16", "mixed_bfloat16"), ("auto", "float32")],
        # A bundle that was made on a GPU asks for what it was made with.
        ("mixed_float16", "mixed_float16"),
    ],
)
def test_precision_has_keras_name(precision, policy, monkeypatch):
    monkeypatch.setattr(backbone_module, "on_gpu", lambda: False)
    assert ResNet50(precision=precision).policy == policy


@pytest.mark.parametrize("precision", ["auto", "mixed"])
def test_a_gpu_works_in_float16(precision, monkeypatch):
    monkeypatch.setattr(backbone_module, "on_gpu", lambda: True)
    assert ResNet50(precision=precision).policy == "mixed_float16"


def test_an_unknown_precision_is_refused():
    with pytest.raises(InvalidOption, match=r"float32.*got 'double'"):
        _ = ResNet50(precision="double").policy


def test_images_too_small_for_the_network_are_refused():
    with pytest.raises(InvalidOption, match="at least 32 pixels per side; got 31"):
        _ = ResNet50(image_size=31).preprocessing


def test_the_digest_of_a_file_names_its_bytes_and_not_its_place(tmp_path):
    one = saved_vector_network(tmp_path / "one.keras")
    two = tmp_path / "two.keras"
    two.write_bytes(one.read_bytes())
    extractors = [KerasFile(weights=str(path)) for path in (one, two)]
    assert extractors[0].content() == extractors[1].content()
    assert extractors[0].content()["weights"] == digest_of_file(one)


def test_weights_that_can_be_had_are_kept(resnet):
    assert with_weights(resnet, allow_random=True) is resnet


@pytest.mark.usefixtures("no_imagenet")
def test_drawn_images_make_do_with_random_weights_and_a_warning(monkeypatch):
    said = []
    monkeypatch.setattr(backbone_module, "warn", said.append)
    extractor = with_weights(ResNet50(image_size=32, seed=4), allow_random=True)
    assert (extractor.weights, extractor.seed, extractor.image_size) == ("random", 4, 32)
    assert "the weights are random (seed 4)" in said[0]


@pytest.mark.usefixtures("no_imagenet")
@pytest.mark.parametrize(("asked", "drawn"), [("auto", False), ("imagenet", True)])
def test_weights_are_never_random_unasked(asked, drawn):
    with pytest.raises(WeightsUnavailable):
        with_weights(ResNet50(weights=asked), allow_random=drawn)


def test_a_keras_file_of_another_network_is_its_own_backbone(tmp_path):
    path = saved_vector_network(tmp_path / "own.keras")
    assert extractor_for("resnet50", str(path)) == "keras_file"
    assert extractor_for("keras_file", str(path)) == "keras_file"


def test_a_keras_file_of_the_named_network_stays_with_it(resnet, tmp_path):
    path = tmp_path / "tuned.keras"
    resnet.backbone.save(path)
    assert extractor_for("resnet50", str(path)) == "resnet50"


@pytest.mark.parametrize("given", ["auto", "imagenet", "random", "tuned.weights.h5"])
def test_all_other_weights_stay_with_the_named_network(given):
    assert extractor_for("resnet50", given) == "resnet50"


def test_an_extractor_without_a_network_is_no_backbone():
    with pytest.raises(InvalidOption, match="orb_words is not"):
        extractor_for("orb_words", "auto")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("resnet50", "resnet"),
        ("densenet121", "densenet"),
        ("inceptionv3", "inception_v3"),
        ("efficientnetb0", "efficientnet"),
        ("efficientnetb3", "efficientnet"),
    ],
)
def test_keras_keeps_imagenets_weights_under_the_name_we_look_for(name, module, monkeypatch):
    """Keras is asked for the weights; what it would call the file is what the plug-in says."""
    asked = []

    def note(file_name, *_, **__):
        asked.append(file_name)
        raise OSError("no network here")

    source = importlib.import_module(f"keras.src.applications.{module}")
    monkeypatch.setattr(source.file_utils, "get_file", note)
    plugin = registry.load(features.extractors, name)
    with pytest.raises(WeightsUnavailable):
        _ = plugin(weights="imagenet").backbone
    assert asked == [plugin.imagenet_file]


@pytest.mark.parametrize(
    "name", ["resnet50", "densenet121", "inceptionv3", "efficientnetb0", "small_resnet"]
)
def test_networks_have_the_number_of_layers_their_plug_in_says(name):
    plugin = registry.load(features.extractors, name)
    layers = plugin(weights="random").backbone.layers
    assert (
        sum(not isinstance(layer, keras.layers.InputLayer) for layer in layers) == plugin.n_layers
    )


def test_imagenets_weights_are_known_by_the_bytes_of_keras_file(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "models" / ResNet50.imagenet_file
    path.parent.mkdir()
    path.write_bytes(b"weights")
    assert ResNet50(weights="auto").content()["weights"] == digest_of_file(path)


def test_what_is_cached_can_be_found_without_tensorflow():
    program = (
        "import sys; from features.extractors.resnet50 import ResNet50;"
        "ResNet50(weights='random').content(); ResNet50().preprocessing;"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=PROJECT).returncode == 0
