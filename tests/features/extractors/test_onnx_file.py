import json

import numpy as np
import pytest
from sklearn.base import clone

from errors import InvalidOption, WeightsUnavailable
from features.extractors.onnx_file import OnnxFile, pooled
from features.recipe import fingerprint, recipe_of
from tests.features.onnx_networks import convolved, node, saved


def made(path, **options):
    return OnnxFile(weights=str(path), **{"scale": "unit", **options})


@pytest.fixture
def network(tmp_path):
    return saved(tmp_path / "net.onnx")


def content(path, **options):
    return made(path, **options).content()


def test_embeddings_are_the_networks_mean_over_places(network, images):
    planes = images(8)
    expected = convolved(np.repeat(planes[:, None] / 255, 3, axis=1))
    np.testing.assert_allclose(made(network).transform_images(planes), expected, atol=1e-5)


def test_the_layout_and_size_are_those_of_the_file(tmp_path, network, images):
    last = [
        node("Transpose", "pixels", "first", perm=[0, 3, 1, 2]),
        node("Conv", "first", "weights", "maps"),
        node("Transpose", "maps", "last", perm=[0, 2, 3, 1]),
    ]
    other = saved(tmp_path / "last.onnx", ("n", 8, 8, 3), last, {"last": ("n", None, None, 4)})
    assert made(other).preprocessing.image_size == 8
    expected = made(network).transform_images(images(8))
    np.testing.assert_allclose(made(other).transform_images(images(8)), expected, atol=1e-6)


def test_an_image_has_the_same_row_in_any_company_and_any_batch(network, images):
    many = np.concatenate([images(8)] * 5)
    rows = made(network, batch_size=3).transform_images(many)
    np.testing.assert_array_equal(rows, np.concatenate([rows[:4]] * 5))


def test_a_network_of_a_fixed_batch_is_given_such_batches(tmp_path, network, images):
    one = made(saved(tmp_path / "one.onnx", (1, 3, 8, 8), outputs={"maps": (1, 4, 6, 6)}))
    assert one.images_at_once == 1
    expected = made(network).transform_images(images(8))
    np.testing.assert_allclose(one.transform_images(images(8)), expected, atol=1e-6)


def test_planes_of_any_size_are_scaled_to_the_networks(network, images):
    assert made(network).transform([images(40)[0], images(9)[1]]).shape == (2, 4)


def test_one_channel_is_grey(tmp_path, images):
    grey = saved(
        tmp_path / "grey.onnx", ("n", 1, 8, 8), [node("Neg", "pixels", "maps")], {"maps": None}
    )
    rows = made(grey, scale="torchxrayvision").transform_images(images(8))
    means = (images(8) / 127.5 - 1).mean(axis=(1, 2)) * 1024
    np.testing.assert_allclose(rows[:, 0], -means, rtol=1e-4)


def test_what_the_file_beside_it_says_is_what_an_option_says(network):
    said = content(network, scale="imagenet", channels="bgr")
    network.with_suffix(".json").write_text('{"scale": "imagenet", "channels": "bgr"}')
    assert content(network, scale="") == said
    assert content(network, scale="unit")["scale"] == "unit"


def test_the_size_beside_a_network_of_any_size_is_taken(tmp_path):
    path = saved(tmp_path / "any.onnx", ("n", 3, "h", "w"))
    path.with_suffix(".json").write_text('{"scale": "unit", "image_size": 24}')
    assert made(path).preprocessing.image_size == 24
    assert made(path, image_size=32).preprocessing.image_size == 32


def test_threads_and_batches_change_no_recipe(network):
    one, other = made(network), made(network, batch_size=5, n_jobs=1)
    recipes = [fingerprint(recipe_of("net", each, np.array([]))) for each in (one, other)]
    assert recipes[0] == recipes[1]


def test_weights_in_another_file_are_part_of_what_features_depend_on(tmp_path):
    apart = {"save_as_external_data": True, "location": "net.data", "size_threshold": 0}
    path = saved(tmp_path / "apart.onnx", **apart)
    before = content(path)
    values = np.fromfile(tmp_path / "net.data", np.float32)
    (values + 1).tofile(tmp_path / "net.data")
    assert content(path)["external"] != before["external"]


def test_an_output_is_named_where_there_are_several(tmp_path, images):
    nodes = [node("Conv", "pixels", "weights", "maps"), node("Flatten", "maps", "flat")]
    path = saved(tmp_path / "two.onnx", nodes=nodes, outputs={"maps": None, "flat": None})
    assert made(path, output="flat").transform_images(images(8)).shape == (4, 144)
    with pytest.raises(InvalidOption, match="one of maps, flat"):
        content(path)


def test_the_precision_is_that_of_the_file(network):
    with pytest.raises(InvalidOption, match="precision of its file; got 'bfloat16'"):
        content(network, precision="bfloat16")


def test_a_copy_computes_the_same(network, images):
    extractor = made(network)
    rows = extractor.transform_images(images(8))
    np.testing.assert_array_equal(clone(extractor).transform_images(images(8)), rows)
    assert extractor.set_params(scale="raw").transform_images(images(8)).max() > rows.max()


@pytest.mark.parametrize(
    ("shape", "pool", "expected"),
    [
        ((2, 5), "mean", (2, 5)),
        ((2, 7, 5), "mean", (2, 5)),
        ((2, 7, 5), "cls", (2, 5)),
        ((2, 7, 5), "flatten", (2, 35)),
        ((2, 5, 3, 3), "mean", (2, 5)),
        ((2, 5, 3, 3), "flatten", (2, 45)),
    ],
)
def test_tokens_and_maps_are_pooled(shape, pool, expected):
    assert pooled(np.ones(shape, np.float32), pool, channels_first=True).shape == expected


@pytest.mark.parametrize(
    ("shape", "pool"), [((2, 5), "cls"), ((2, 5, 3, 3), "cls"), ((2,), "mean")]
)
def test_an_output_that_cannot_be_pooled_so_is_refused(shape, pool):
    with pytest.raises(InvalidOption, match=f"pool={pool} does not suit"):
        pooled(np.ones(shape, np.float32), pool, channels_first=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weights": "imagenet"}, r"Add --weights FILE\.onnx"),
        ({"scale": ""}, r"How .* scales pixels must be known.*imagenet\|unit"),
        ({"scale": "none"}, "scale must be one of imagenet"),
        ({"channels": "grey"}, "which takes 3; got 'grey'"),
        ({"pool": "max"}, "pool must be one of"),
        ({"output": "logits"}, "one of maps.*got 'logits'"),
    ],
)
def test_an_option_that_does_not_fit_the_network_is_refused(network, options, words):
    with pytest.raises(InvalidOption, match=words):
        made(**{"path": network, **options}).content() if "weights" not in options else OnnxFile(
            **options
        ).content()


def test_another_size_than_the_networks_is_refused(network):
    with pytest.raises(InvalidOption, match="images of 8 pixels per side; got 16"):
        _ = made(network, image_size=16).preprocessing


def test_a_network_of_any_size_must_be_given_one(tmp_path):
    path = saved(tmp_path / "any.onnx", ("n", 3, "h", "w"))
    with pytest.raises(InvalidOption, match=r"any size; none is given\. Type --image-size"):
        _ = made(path).preprocessing


def test_whole_numbers_are_not_scaled(tmp_path):
    nodes = [node("Cast", "pixels", "maps", to=1)]
    path = saved(tmp_path / "whole.onnx", nodes=nodes, outputs={"maps": None}, kind=2)
    assert content(path, scale="raw")["scale"] == "raw"
    with pytest.raises(InvalidOption, match="whole numbers from 0 to 255; got scale=unit"):
        content(path)


@pytest.mark.parametrize("text", ["{", json.dumps(["scale"]), '{"scales": "unit"}', '{"scale": 1}'])
def test_a_json_file_of_anything_else_is_refused(network, text):
    network.with_suffix(".json").write_text(text)
    with pytest.raises(InvalidOption, match=r"net\.json.*must be"):
        content(network)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WeightsUnavailable, match=r"there is no file .*gone\.onnx"):
        content(tmp_path / "gone.onnx")


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    ["squeezenet_imagenet", pytest.param("efficientnet_lite2_imagenet", marks=pytest.mark.long)],
)
# Within tf2onnx, which asks NumPy for a name that it has dropped.
@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")
def test_a_keras_network_exported_to_onnx_computes_the_same(real_data, tmp_path, images, name):
    from features.extractors.keras_file import KerasFile
    from features.runtime import keras

    file, exported = real_data / "weights" / f"{name}.keras", tmp_path / "net.onnx"
    model = keras.saving.load_model(file, compile=False)
    model(np.zeros((1, *model.input_shape[1:]), np.float32))
    model.export(exported, format="onnx", verbose=False)
    planes = images(model.input_shape[1])
    expected = KerasFile(weights=str(file)).transform_images(planes)
    found = made(exported, scale="raw").transform_images(planes)
    assert np.linalg.norm(found - expected) < 1e-4 * np.linalg.norm(expected)
