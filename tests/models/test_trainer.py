import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow

VIEWS, LABELS = made_up.labelled()
OTHER, _ = made_up.labelled(seed=1)
WEIGHTS = np.ones((2, 4), np.float32)


@pytest.fixture(scope="module")
def trainer():
    from models import trainer

    return trainer


@pytest.fixture
def head():
    from models.networks import Shape, head

    return lambda views=VIEWS, hidden=8, dropout=0.0, seed=0, norm=False: head(
        views, np.zeros(4, np.float32), Shape(hidden, dropout, "concat", norm), seed
    )


@pytest.fixture
def options():
    from models.training import Training

    return Training(weight_decay=0.5)


def steps_of(trainer, rows):
    places = np.tile(np.arange(rows.shape[1], dtype=np.int32), (len(rows), 1))
    return trainer.Steps(rows, places, np.ones(rows.shape, np.float32))


def test_dropout_keeps_a_share_of_the_units_and_their_mean(trainer):
    dropped = trainer.ByteDropout(0.7, seed=1)(np.ones((300, 1000), np.float32), training=True)
    np.testing.assert_allclose(np.mean(dropped), 1, atol=0.02)
    np.testing.assert_allclose(np.mean(np.array(dropped) > 0), 0.3, atol=0.01)


def test_dropout_draws_other_units_each_time_and_none_after_training(trainer):
    layer, ones = trainer.ByteDropout(0.5, seed=1), np.ones((10, 10), np.float32)
    one, other = (np.array(layer(ones, training=True)) for _ in range(2))
    assert (one != other).any()
    np.testing.assert_array_equal(layer(ones, training=False), ones)


def test_it_computes_the_logits_of_its_network(trainer, head, options):
    network = head()
    with trainer.trainer_of(network, options) as made:
        np.testing.assert_allclose(made.logits(VIEWS), network(VIEWS.arrays), atol=1e-5)


@pytest.mark.parametrize("norm", [False, True])
def test_its_steps_are_those_of_adamw_in_keras(trainer, head, options, norm):
    """Moving means and variances of batch norms too, which are weights but have no gradient."""
    from features.runtime import tf
    from models.training import optimizer_for

    network, optimizer = head(norm=norm), optimizer_for(options, 60, 120)
    with trainer.trainer_of(network, options) as made:
        rows = np.arange(120).reshape(2, 60)
        inputs = {name: each.reshape(2, 60, -1) for name, each in VIEWS.arrays.items()}
        decay = 0.5 * np.sqrt(60 / 120)
        made.learn(inputs, LABELS, steps_of(trainer, rows), WEIGHTS, options.learning_rate, decay)
        for place in rows:
            with tf.GradientTape() as tape:
                scores = network(VIEWS.select(place).arrays, training=True)
                loss = trainer.loss_of(options, LABELS[place], scores, WEIGHTS)
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
        for mine, expected in zip(made.network.get_weights(), network.get_weights(), strict=True):
            np.testing.assert_allclose(mine, expected, atol=1e-5)


def test_heads_of_one_structure_share_a_graph_and_others_do_not(trainer, head, options):
    def used(network):
        with trainer.trainer_of(network, options) as made:
            return made

    first = used(head())
    assert used(head(OTHER, seed=3)) is first
    assert used(head(hidden=9)) is not first
    assert used(head(dropout=0.5)) is not first


def test_trainings_at_the_same_time_have_graphs_of_their_own(trainer, head, options):
    network = head()
    with (
        trainer.trainer_of(network, options) as one,
        trainer.trainer_of(network, options) as other,
    ):
        assert one is not other


def test_a_graph_that_was_used_trains_like_a_new_one(trainer, head, options):
    def trained():
        from models.training import train

        network = head(dropout=0.3)
        options.epochs = 3
        train(network, VIEWS, LABELS, (OTHER, LABELS), options, seed=1)
        return network.get_weights()

    again = [trained() for _ in range(2)][1]
    trainer.KEPT.clear()
    for used, new in zip(again, trained(), strict=True):
        np.testing.assert_array_equal(used, new)
