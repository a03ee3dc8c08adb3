from pathlib import Path
from types import SimpleNamespace

import pytest

from errors import InvalidOption
from features.weight_files import digest_of_file
from pipelines import chosen_networks
from pipelines.command_options import Extract
from reports import wording
from reports.report_tree import Backbone
from tests.forgeries import NETWORK_FILE

FILE = "net.keras"


@pytest.fixture
def own():
    """A headless network that is none of those with a name."""
    return str(NETWORK_FILE)


def test_a_network_is_named_by_backbone_and_its_weights_by_weights():
    assert chosen_networks.meant("resnet50", Extract(weights="random")) == ("resnet50", "random")
    assert chosen_networks.meant("resnet50", Extract(backbone="densenet121"))[0] == "densenet121"
    assert chosen_networks.meant("resnet50", Extract(backbone=FILE)) == ("keras_file", FILE)


@pytest.mark.parametrize("options", [{"backbone": "net.onnx"}, {"weights": "net.onnx"}])
def test_an_onnx_file_is_a_network_of_its_own(options):
    assert chosen_networks.meant("resnet50", Extract(**options)) == ("onnx_file", "net.onnx")


@pytest.mark.parametrize("flag", ["backbone", "weights"])
def test_one_file_or_network_cannot_stand_for_several(flag):
    with pytest.raises(InvalidOption, match=f"--{flag} {FILE} is for one network") as raised:
        chosen_networks.check(["keras_file", "small_resnet", "orb_words"], Extract(**{flag: FILE}))
    assert "--extractors lists keras_file, small_resnet." in str(raised.value)
    assert "--weights keras_file=FILE,small_resnet=FILE" in str(raised.value)


def test_keywords_are_weights_of_every_network():
    options = Extract(weights="random")
    assert chosen_networks.check(["resnet50", "densenet121"], options) is None


@pytest.mark.parametrize("weights", ["random", "other.keras"])
def test_a_file_as_backbone_takes_no_other_weights(weights):
    with pytest.raises(InvalidOption, match=f"its own weights; got --weights {weights} too"):
        chosen_networks.check(["resnet50"], Extract(backbone=FILE, weights=weights))
    chosen_networks.check(["resnet50"], Extract(backbone=FILE, weights=FILE))


@pytest.mark.parametrize("backbone", ["weights.h5", "folder/weights", "folder/"])
def test_a_backbone_that_is_neither_a_name_nor_a_model_is_refused(backbone):
    with pytest.raises(InvalidOption, match="takes the name of a network or"):
        chosen_networks.check(["resnet50"], Extract(backbone=backbone))


def test_a_file_that_takes_a_networks_place_is_named_with_it(own):
    (sentence,) = chosen_networks.replaced(["resnet50", "orb_words"], Extract(weights=own))
    assert sentence.startswith(f"{own} holds another network than resnet50")
    assert sentence.endswith("keras_file replaces resnet50")


def test_a_network_that_the_user_asked_for_takes_no_ones_place(own):
    assert chosen_networks.replaced(["keras_file"], Extract(weights=own)) == []
    assert chosen_networks.replaced(["resnet50"], Extract(backbone=own)) == []
    assert chosen_networks.replaced(["resnet50"], Extract(weights="random")) == []


def test_a_report_names_networks_with_weights_and_digest(own):
    described = chosen_networks.trained("keras_file", own)
    assert described.digest == digest_of_file(Path(own))
    digest = described.digest
    assert wording.network(described) == f"keras_file, weights {own} (SHA-256 {digest})"
    assert chosen_networks.trained("keras_file", "gone.keras").digest is None


@pytest.mark.parametrize(("weights", "digest"), [("random", None), ("imagenet", "ab12")])
def test_a_network_that_computed_features_has_the_digest_of_its_cache(weights, digest):
    recipe = {"content": {"weights": "ab12"}}
    found = chosen_networks.computed("resnet50", SimpleNamespace(weights=weights), recipe)
    assert found == Backbone("resnet50", weights, digest)
