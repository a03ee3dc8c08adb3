import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.models import made_up

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

PROJECT = Path(__file__).resolve().parents[2]


def labelled(n_images, seed):
    views, labels = made_up.labelled(n_images, seed)
    return made_up.with_images(views).of("pixels"), labels


TRAIN, VALIDATION = labelled(64, 0), labelled(40, 1)


def made(**options):
    from models.classifiers.finetuned import FineTuned

    plain = {"backbone": "keras_file", "weights": made_up.backbone_file(), "hidden": 8}
    return FineTuned(**plain | {"epochs": 2, "batch_size": 16, "warmup_epochs": 0.0} | options)


def fit(**options):
    return made(**options).fit(*TRAIN, validation=VALIDATION)


@pytest.fixture(scope="module")
def plain():
    return fit()


def kernels(classifier):
    """Kernel of the backbone's convolution, and of the head's last layer."""
    (convolution,) = (layer for layer in classifier.backbone_.layers if layer.weights)
    return [np.asarray(convolution.kernel), classifier.network_.get_weights()[-2]]


def test_backbone_and_head_both_learn(plain):
    first = made(learning_rate=0.0).fit(*TRAIN, validation=VALIDATION)
    for before, after in zip(kernels(first), kernels(plain), strict=True):
        assert np.abs(before - after).max() > 1e-4


def test_what_is_frozen_stays_as_it_was(plain):
    frozen, fixed = fit(frozen=1.0), fit(learning_rate=0.0)
    np.testing.assert_array_equal(kernels(frozen)[0], kernels(fixed)[0])
    assert (kernels(frozen)[1] != kernels(fixed)[1]).any()


def test_a_stage_waits_for_its_epoch(monkeypatch):
    fixed = kernels(fit(learning_rate=0.0))[0]
    np.testing.assert_array_equal(kernels(fit(epochs=1, unfreeze_every=1))[0], fixed)
    # So that the last epoch is kept, be it the best or not.
    monkeypatch.setattr("models.reached.Reached.is_best", True)
    assert (kernels(fit(epochs=2, unfreeze_every=1))[0] != fixed).any()


def test_the_best_epoch_by_validation_auc_is_kept():
    from evaluation.auc import label_aucs, macro

    fitted = fit(epochs=6, learning_rate=0.03)
    best = fitted.history_["validation_auc"].max()
    assert best > fitted.history_["validation_auc"][-1]
    scores = fitted.decision_function(VALIDATION[0])
    np.testing.assert_allclose(macro(label_aucs(VALIDATION[1], scores)), best, rtol=1e-6)


def test_the_network_before_it_is_kept_if_no_epoch_is_better():
    """A learning rate that ruins it: the frozen network with its head is then the result."""
    ruined, fixed = fit(learning_rate=30.0), fit(learning_rate=0.0, epochs=1)
    for one, other in zip(kernels(ruined), kernels(fixed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_uses_the_moving_average_of_the_weights(monkeypatch):
    """Another way: the average by hand, of the weights after each step."""
    from models import finetuning

    monkeypatch.setattr("models.reached.Reached.is_best", True)
    options = {"epochs": 1, "augmentation": "none", "ema_momentum": 0.5}
    steps = []
    plain = finetuning.FineTuner.steps

    def noted(self, *given):
        for loss in plain(self, *given):
            steps.append([np.array(each) for each in self.groups[0].variables])
            yield loss

    monkeypatch.setattr(finetuning.FineTuner, "steps", noted)
    fitted = fit(**options)
    averages = steps[0]
    for weights in steps[1:]:
        averages = [(one + other) / 2 for one, other in zip(averages, weights, strict=True)]
    assert len(steps) == 4
    found = fitted.network_.layers[-1].trainable_variables
    for one, other in zip(found, averages, strict=True):
        np.testing.assert_allclose(np.array(one), other, atol=1e-6)


def test_training_ends_when_validation_no_longer_gains():
    history = fit(epochs=30, patience=2, learning_rate=0.03).history_
    assert len(history) == 1 + int(np.argmax(history["validation_auc"])) + 2 < 30


@pytest.mark.parametrize(
    "options",
    [
        {"loss": "focal"},
        {"mixup": 0.4},
        {"augmentation": "none"},
        {"global_clipnorm": 1e-3},
        {"schedule": "plateau"},
        {"backbone_rate": 1.0},
    ],
    ids=str,
)
def test_every_way_of_training_makes_a_difference(plain, options):
    images = VALIDATION[0]
    assert not np.allclose(fit(**options).predict_proba(images), plain.predict_proba(images))


TWO_DEVICES = """
import numpy as np
from features.runtime import tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from models import image_classifier
from models.finetuning import FineTuner
from tests.models.test_finetuning import fit

losses = []

def note(tuner, reached, checkpoint):
    losses.append([float(each) for each in reached.losses] or list(reached.rows["loss"]))

FineTuner.keep = note
options = {"checkpoint_steps": 1, "dropout": 0.0, "mixup": 0.3, "epochs": 3}
fit(**options)
both, losses[:] = list(losses), []
image_classifier.devices_strategy = tf.distribute.get_strategy
fit(**options)
one = list(losses)
print(len(one), max(np.abs(np.subtract(*pair)).max() for pair in zip(one, both, strict=True)))
"""


@pytest.mark.long
def test_two_devices_lose_in_every_step_what_one_loses_on_the_joint_batch():
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    steps, difference = done.stdout.split()
    assert int(steps) == 12
    assert float(difference) < 1e-4
