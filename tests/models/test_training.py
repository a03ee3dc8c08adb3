from itertools import islice

import numpy as np
import pytest

from errors import InvalidOption
from tests.models import made_up

pytestmark = pytest.mark.slow

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


@pytest.fixture(scope="module")
def rooms():
    from models import networks, training

    return networks, training


@pytest.fixture
def trained(rooms):
    networks, training = rooms

    def run(labels=TRAIN[1], validation=VALIDATION, seed=0, **options):
        views = TRAIN[0]
        network = networks.head(views, np.zeros(4, np.float32), networks.Shape(8, 0.2, "concat"), 0)
        chosen = training.Training(**{"epochs": 6, "batch_size": 16} | options)
        history = training.train(network, views, labels, validation, chosen, seed)
        return network, history

    return run


def logits(rooms, network, views=TEST[0]):
    return rooms[1].logits(network, views)


def test_the_best_epoch_by_validation_auc_is_kept(rooms, trained):
    from models.classifier import validation_auc

    network, history = trained(epochs=30, learning_rate=0.05)
    best = history["validation_auc"].max()
    assert best > history["validation_auc"][-1]
    kept = validation_auc(VALIDATION[1], logits(rooms, network, VALIDATION[0]))
    np.testing.assert_allclose(kept, best, rtol=1e-6)


def test_learning_lowers_the_loss(trained):
    _, history = trained(epochs=15, learning_rate=0.01)
    assert history["loss"][-1] < 0.8 * history["loss"][0]


def test_training_ends_when_validation_no_longer_gains(trained):
    _, history = trained(epochs=200, patience=5, learning_rate=0.05)
    assert len(history) == 1 + int(np.argmax(history["validation_auc"])) + 5


def test_the_learning_rate_is_halved_while_nothing_is_gained(trained):
    _, history = trained(epochs=200, reduce_lr_patience=2, patience=7, learning_rate=0.05)
    last = history["learning_rate"][-7:] / history["learning_rate"][-8]
    np.testing.assert_allclose(last, [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125], rtol=1e-5)


def test_the_learning_rate_warms_up_and_falls_as_a_cosine(trained):
    _, history = trained(epochs=6, schedule="cosine", warmup_epochs=2, learning_rate=0.01)
    fall = [(1 + np.cos(np.pi * each / 4)) / 2 for each in (0.5, 1.5, 2.5, 3.5)]
    expected = 0.01 * np.array([0.25, 0.75, *fall])
    np.testing.assert_allclose(history["learning_rate"], expected, rtol=1e-5)


def test_a_loss_that_is_no_number_is_refused(trained):
    with pytest.raises(InvalidOption, match="must stay finite; in epoch 1 it is nan"):
        trained(learning_rate=float("nan"))


@pytest.mark.parametrize(
    "options", [{"label_smoothing": 1.0}, {"label_smoothing": 0.1, "loss": "hybrid"}]
)
def test_targets_that_cannot_be_smoothed_are_refused(rooms, options):
    with pytest.raises(InvalidOption, match="label_smoothing"):
        rooms[1].check(rooms[1].Training(**options))


def test_without_a_validation_auc_the_validation_loss_chooses(rooms, trained):
    one_class = (VALIDATION[0], np.ones_like(VALIDATION[1]))
    network, history = trained(validation=one_class, epochs=10)
    assert (history["validation_auc"] == 0).all()
    found = np.logaddexp(0, -logits(rooms, network, VALIDATION[0])).mean()
    np.testing.assert_allclose(found, history["validation_loss"].min(), rtol=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"loss": "focal"},
        {"loss": "hybrid"},
        {"class_weights": "balanced"},
        {"class_weights": "softened"},
        {"resampling": "over", "target_prevalence": 0.6},
        {"resampling": "under", "target_prevalence": 0.6},
        {"mixup": 0.4},
        {"optimizer": "adam"},
        {"weight_decay": 0.5},
        {"label_smoothing": 0.2},
        {"schedule": "cosine"},
    ],
    ids=str,
)
def test_every_way_of_training_makes_a_difference_and_repeats(rooms, trained, options):
    plain = logits(rooms, trained(learning_rate=0.01)[0])
    one, same = (logits(rooms, trained(learning_rate=0.01, **options)[0]) for _ in range(2))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, plain, atol=1e-4)


def test_the_seed_orders_the_images(rooms, trained):
    one, other = (logits(rooms, trained(seed=seed)[0]) for seed in (0, 1))
    assert not np.allclose(one, other)


def test_unreported_labels_have_no_part_in_training(rooms, trained):
    labels = TRAIN[1].copy()
    labels[:, 1] = np.nan
    network, _ = trained(labels=labels)
    _, bias = network.get_layer("logits").get_weights()
    assert bias[1] == 0
    assert bias[0] != 0


def test_biases_are_not_decayed(trained):
    network, _ = trained(weight_decay=10.0, learning_rate=0.05, epochs=20)
    _, bias = network.get_layer("logits").get_weights()
    assert bias[3] > 0.3


def test_images_are_taken_in_parts(rooms, trained, monkeypatch):
    network, _ = trained()
    whole = logits(rooms, network)
    monkeypatch.setattr("models.views.IMAGES_AT_ONCE", 7)
    np.testing.assert_allclose(logits(rooms, network), whole, rtol=1e-4, atol=1e-6)


def test_progress_shows_the_epoch_and_the_validation_auc(rooms, trained, monkeypatch):
    shown = []
    monkeypatch.setattr(rooms[1], "step", shown.append)
    _, history = trained(epochs=2)
    auc = history["validation_auc"][0]
    assert shown == ["epoch 1 of at most 2", f"epoch 2 of at most 2, validation AUC {auc:.3f}"]


@pytest.mark.parametrize(
    ("n_images", "size"), [(700, 64), (4096, 128), (10_000, 256), (78_000, 512)]
)
def test_batches_grow_with_the_number_of_images(rooms, n_images, size):
    training = rooms[1]
    assert training.pace_of(training.Training(), n_images).batch_size == size
    assert training.pace_of(training.Training(batch_size=32), n_images).batch_size == 32


def test_many_images_are_seen_in_several_epochs_each_once(rooms, monkeypatch):
    training = rooms[1]
    monkeypatch.setattr(training, "LONGEST_EPOCH", 50)
    options = training.Training(batch_size=20)
    pace = training.pace_of(options, 120)
    course = training.Course(None, TRAIN[0], TRAIN[1], options, None, pace)
    epochs = [steps.rows for steps in islice(course.epochs(np.random.default_rng(0)), 3)]
    assert [rows.shape for rows in epochs] == [(2, 20)] * 3
    assert sorted(np.concatenate(epochs).ravel()) == list(range(120))


def test_how_much_is_copied_at_once_does_not_matter(rooms, trained, monkeypatch):
    whole = logits(rooms, trained()[0])
    monkeypatch.setattr(rooms[1], "COPIED_AT_ONCE", 3000)
    np.testing.assert_array_equal(logits(rooms, trained()[0]), whole)


def test_training_for_no_time_is_refused(trained):
    with pytest.raises(InvalidOption, match="epochs must be at least 1; got 0"):
        trained(epochs=0)


@pytest.mark.parametrize("option", ["loss", "optimizer", "schedule"])
def test_unknown_choices_are_refused_by_name(trained, option):
    with pytest.raises(InvalidOption, match=f"{option} must be one of .*; got 'none such'"):
        trained(**{option: "none such"})


def test_exclusive_classes_have_no_weight_of_absent_findings(rooms):
    _, training = rooms
    options = training.Training(loss="focal", focal_alpha=0.25)
    training.check(options)
    options.exclusive_ = True
    with pytest.raises(InvalidOption, match="focal_alpha weighs present against absent"):
        training.check(options)
