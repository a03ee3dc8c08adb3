import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow

VIEWS, _ = made_up.labelled()
BIASES = np.array([0.5, -1, 0, 2], np.float32)
KINDS = ["concat", "gated", "attention"]


@pytest.fixture(scope="module")
def head():
    from models.networks import Shape, head

    return lambda views=VIEWS, fusion="concat", seed=0, hidden=8, batch_norm=False: head(
        views, BIASES, Shape(hidden, 0.5, fusion, batch_norm), seed
    )


def values(network, views=VIEWS):
    return network(views.arrays).numpy()


@pytest.mark.parametrize("fusion", KINDS)
def test_inputs_are_named_after_blocks_and_outputs_are_labels(head, fusion):
    network = head(fusion=fusion)
    widths = {name: vectors.shape for name, vectors in network.input.items()}
    assert widths == {"net": (None, 6), "sift": (None, 10)}
    assert network.output_shape == (None, 4)


def test_hidden_layers_stand_in_the_order_of_their_widths(head):
    network = head(hidden=(16, 4))
    widths = [each.units for each in network.layers if hasattr(each, "units")]
    # A branch for each block, then the labels.
    assert sorted(widths) == [4, 4, 4, 16, 16]
    assert network.get_layer("logits").input.shape == (None, 8)


def test_a_number_is_one_hidden_layer(head):
    np.testing.assert_array_equal(values(head(hidden=8)), values(head(hidden=[8])))


def test_a_head_with_batch_norms_is_saved_without_this_code(head, tmp_path):
    from features.runtime import keras

    network = head(hidden=(8, 4), batch_norm=True)
    norms = [each for each in network.layers if isinstance(each, keras.layers.BatchNormalization)]
    assert len(norms) == 4
    norms[0].moving_mean.assign(np.full(norms[0].moving_mean.shape, 0.3))
    network.save(tmp_path / "head.keras")
    again = keras.saving.load_model(tmp_path / "head.keras", compile=False, safe_mode=True)
    np.testing.assert_array_equal(values(again), values(network))


@pytest.mark.parametrize("fusion", KINDS)
def test_the_seed_is_all_that_its_first_weights_depend_on(head, fusion):
    one, same, other = (values(head(fusion=fusion, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


@pytest.mark.parametrize("fusion", KINDS)
def test_the_scale_and_place_of_a_block_do_not_matter(head, fusion):
    moved = made_up.views(VIEWS.arrays["net"], VIEWS.arrays["sift"] * 50 - 7)
    np.testing.assert_allclose(
        values(head(moved, fusion), moved), values(head(fusion=fusion)), atol=1e-3
    )


@pytest.mark.parametrize("fusion", KINDS)
def test_both_blocks_reach_the_labels(head, fusion):
    network, deep, words = head(fusion=fusion), VIEWS.arrays["net"], VIEWS.arrays["sift"]
    for changed in (made_up.views(deep[::-1], words), made_up.views(deep, words[::-1])):
        assert not np.allclose(values(network, changed), values(network), atol=1e-3)


def test_an_image_with_a_word_that_no_training_image_has_is_nothing_special(head):
    words = VIEWS.arrays["sift"].copy()
    words[0, 9] = 1
    found = values(head(), made_up.views(VIEWS.arrays["net"], words))
    assert np.abs(found).max() < 10


def test_images_do_not_see_each_other(head):
    network = head(fusion="attention")
    alone = values(network, VIEWS.select(np.array([3])))
    np.testing.assert_allclose(alone, values(network)[3:4], rtol=1e-4)


def test_attention_is_a_share_for_each_block(head):
    from features.runtime import keras

    network = head(fusion="attention")
    shares = keras.Model(network.inputs, network.get_layer("attention").output)
    found = np.array(shares(VIEWS.arrays))
    assert found.shape == (len(VIEWS), 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_untrained_it_says_about_what_the_biases_say(head):
    means = np.mean([values(head(seed=seed)).mean(axis=0) for seed in range(20)], axis=0)
    np.testing.assert_allclose(means, BIASES, atol=0.5)
