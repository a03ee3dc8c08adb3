import pytest

from errors import InvalidOption

pytestmark = pytest.mark.slow


@pytest.fixture
def network():
    from features.runtime import keras

    layers = keras.layers
    pixels = keras.Input((32, 32, 3))
    maps = layers.Conv2D(3, 1, trainable=False, name="prepared")(pixels)
    maps = layers.Conv2D(4, 3, strides=2, padding="same", name="half")(maps)
    maps = layers.Conv2D(4, 3, strides=2, padding="same", name="quarter")(maps)
    maps = layers.BatchNormalization(name="quarter_norm")(maps)
    maps = layers.MaxPooling2D()(maps)
    return keras.Model(pixels, layers.Conv2D(4, 1, name="eighth")(maps))


@pytest.fixture
def stages(network):
    from models.backbone_stages import stages

    return lambda frozen=0.0: stages(network, 0.1, 0.5, frozen)


def names(stages):
    return [[layer.name for layer in stage.layers] for stage in stages]


def test_stages_are_layers_with_maps_of_one_size_from_the_output_down(stages):
    assert names(stages()) == [["eighth"], ["quarter", "quarter_norm"], ["half"]]


def test_each_stage_is_slower_than_the_one_above(stages):
    assert [stage.rate for stage in stages()] == [0.1, 0.05, 0.025]


def test_a_share_from_the_input_on_never_learns(stages, network):
    assert names(stages(frozen=0.4)) == [["eighth"], ["quarter", "quarter_norm"]]
    assert not network.get_layer("half").trainable
    assert names(stages(frozen=1.0)) == []


def test_a_frozen_stage_has_nothing_to_learn_until_it_is_let_go(stages):
    stage = stages()[1]
    stage.freeze(True)
    assert stage.variables == []
    stage.freeze(False)
    assert len(stage.variables) == 4


def test_a_frozen_norm_keeps_what_it_knows_in_training(stages, network):
    import numpy as np

    stage, images = stages()[1], np.ones((2, 32, 32, 3), np.float32)
    norm = network.get_layer("quarter_norm")
    before = norm.moving_mean.numpy()
    stage.freeze(True)
    network(images, training=True)
    np.testing.assert_array_equal(norm.moving_mean.numpy(), before)
    stage.freeze(False)
    network(images, training=True)
    assert (norm.moving_mean.numpy() != before).any()


@pytest.mark.parametrize(("epoch", "count"), [(0, 0), (1, 0), (2, 1), (5, 2), (99, 3)])
def test_one_more_stage_learns_after_every_few_epochs(epoch, count):
    from models.backbone_stages import n_learning

    assert n_learning(3, epoch, 2) == count
    assert n_learning(3, epoch, 0) == 3


@pytest.mark.parametrize("frozen", [-0.1, 2])
def test_more_than_all_cannot_be_frozen(stages, frozen):
    with pytest.raises(InvalidOption, match=r"from 0 \(no stage\) to 1 \(all stages\); got"):
        stages(frozen)
