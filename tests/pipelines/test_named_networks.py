import pytest

from errors import InvalidOption
from pipelines import named_networks
from pipelines.command_options import Extract


def test_files_are_named_by_their_blocks():
    options = Extract(network=["rad_dino=a/rad.onnx", "mine=b/net.keras"])
    assert named_networks.files(options) == {"rad_dino": "a/rad.onnx", "mine": "b/net.keras"}


@pytest.mark.parametrize(
    "typed", ["net.onnx", "a-b=net.onnx", "=net.onnx", "net=weights.h5", "1=a.onnx"]
)
def test_anything_but_a_name_and_a_file_is_refused(typed):
    with pytest.raises(InvalidOption, match=r"--network takes NAME=FILE.*Type, for example"):
        named_networks.files(Extract(network=[typed]))


@pytest.mark.parametrize("name", ["resnet50", "deep", "metadata", "once"])
def test_a_name_is_that_of_one_block_alone(name):
    with pytest.raises(InvalidOption, match=f"'{name}' is taken"):
        named_networks.files(Extract(network=["once=a.onnx", f"{name}=b.onnx"]))


def test_one_value_is_for_every_network():
    options = Extract(weights="random", image_size=64)
    assert named_networks.value_of("weights", "resnet50", options) == "random"
    assert named_networks.size_of("densenet121", options) == 64
    assert named_networks.size_of("densenet121", Extract()) is None


def test_each_network_may_have_its_own():
    options = Extract(weights="resnet50=a.h5,densenet121=imagenet", image_size="resnet50=320")
    assert named_networks.value_of("weights", "resnet50", options) == "a.h5"
    assert named_networks.value_of("weights", "densenet121", options) == "imagenet"
    assert named_networks.value_of("weights", "inceptionv3", options) == "auto"
    assert named_networks.size_of("resnet50", options) == 320
    assert named_networks.size_of("densenet121", options) is None


def test_a_path_with_an_equals_sign_is_a_path():
    options = Extract(weights="runs/a=b.keras")
    assert named_networks.value_of("weights", "resnet50", options) == "runs/a=b.keras"


@pytest.mark.parametrize("size", ["big", "-3", "resnet50=", "2.5"])
def test_a_size_is_a_number_of_pixels(size):
    with pytest.raises(InvalidOption, match="--image-size takes a number of pixels"):
        named_networks.size_of("resnet50", Extract(image_size=size))


@pytest.mark.parametrize("options", [{"weights": "resnet5=a.h5"}, {"image_size": "resnet5=64"}])
def test_a_value_for_a_network_that_is_not_in_use_is_refused(options):
    with pytest.raises(InvalidOption, match=r"networks in use \(resnet50\); got resnet5"):
        named_networks.check_names(["resnet50"], ["resnet50"], Extract(**options))


def test_every_file_counts_as_an_input():
    options = Extract(weights="resnet50=a.h5", network=["mine=b.onnx"], backbone="c.keras")
    assert named_networks.network_files(options) == ["a.h5", "c.keras", "b.onnx"]
    assert named_networks.network_files(Extract())[0] == "auto"
