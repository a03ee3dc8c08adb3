import numpy as np
import pytest

import features.extractors
import registry
from features.backbone import Backbone
from features.extractor import TakesBatches, is_network, learns, prepare
from features.extractors.onnx_file import OnnxFile
from features.extractors.orb_words import OrbWords
from features.extractors.pixels import Pixels
from features.extractors.resnet50 import ResNet50
from features.image_hash import ImageHash
from tests import fakes
from tests.features import stubs

OFFERED = (
    *("version", "learns", "libraries", "neutral", "bytes_per_number", "width"),
    *("preprocessing", "content", "get_params", "transform"),
)


@pytest.mark.parametrize("name", registry.names(features.extractors))
def test_networks_alone_take_batches(name):
    plugin = registry.load(features.extractors, name)
    assert issubclass(plugin, TakesBatches) == issubclass(plugin, Backbone | OnnxFile)


@pytest.mark.parametrize("plugin", [ResNet50, OnnxFile, OrbWords, Pixels, ImageHash])
def test_every_family_offers_what_the_contract_lists(plugin):
    assert [name for name in OFFERED if not hasattr(plugin, name)] == []


def test_a_network_is_known_without_being_built():
    assert is_network(ResNet50(weights="random"))
    assert not is_network(Pixels())


def test_visual_words_must_learn_first_and_networks_need_not():
    assert learns(OrbWords())
    assert not learns(ResNet50(weights="random"))


def test_a_thread_prepares_the_input_of_a_network_and_the_features_of_others():
    plane = fakes.picture(0, 64)
    np.testing.assert_array_equal(
        prepare(stubs.Batched(), plane), stubs.Batched().preprocessing(plane)
    )
    np.testing.assert_array_equal(prepare(stubs.Mean(), plane), [plane.mean(), len(plane)])
