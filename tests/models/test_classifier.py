from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from errors import InvalidOption
from models.classifier import Classifier, validation_auc
from tests.models import made_up

NAN = np.nan


@dataclass(repr=False, eq=False, kw_only=True)
class Flat(Classifier):
    """Gives every image the logit 0.5 and remembers which labels it was to learn."""

    @property
    def needs(self):
        return ("deep",)

    def _learn(self, views, labels, validation):
        self.seen_ = labels

    def _logits(self, views):
        return np.full((len(views), len(self.constants_)), 0.5)


VIEWS = made_up.views(np.zeros((4, 2)), np.zeros((4, 2)))
LABELS = np.array([[0, 0, 1, NAN], [1, 0, NAN, NAN], [1, 0, 1, NAN], [0, NAN, 1, NAN]], np.float32)


@pytest.fixture
def fitted():
    return Flat().fit(VIEWS, LABELS, validation=(VIEWS, LABELS))


def test_a_label_of_one_class_follows_the_rule_of_succession(fitted):
    expected = [1 / (1 + np.exp(-0.5)), 1 / 5, 4 / 5, 1 / 2]
    np.testing.assert_allclose(fitted.predict_proba(VIEWS)[0], expected, rtol=1e-6)


def test_a_label_of_one_class_is_not_for_learning(fitted):
    np.testing.assert_array_equal(fitted.seen_[:, 0], LABELS[:, 0])
    assert np.isnan(fitted.seen_[:, 1:]).all()


def test_probabilities_are_the_logits_squashed(fitted):
    odds = np.exp(fitted.decision_function(VIEWS))
    np.testing.assert_allclose(fitted.predict_proba(VIEWS), odds / (1 + odds), rtol=1e-6)


def test_before_fitting_nothing_is_predicted_or_saved(tmp_path):
    with pytest.raises(NotFittedError):
        Flat().predict_proba(VIEWS)
    with pytest.raises(NotFittedError):
        Flat().save(tmp_path / "model")


def test_choices_go_by_the_mean_auc_of_the_labels_that_have_one():
    labels = np.array([[0, 0, 1], [1, 0, 0], [NAN, 0, 1]])
    scores = np.array([[0.1, 0.3, 0.9], [0.2, 0.1, 0.5], [0.0, 0.2, 0.1]])
    assert validation_auc(labels, scores) == (1.0 + 0.5) / 2


def test_without_both_classes_there_is_nothing_to_choose_by():
    assert validation_auc(np.zeros((3, 2)), np.eye(3)[:, :2]) == 0


@dataclass(repr=False, eq=False, kw_only=True)
class Open(Flat):
    """Attributes to every number the number itself."""

    def _attribution(self, views, columns):
        return {
            name: np.repeat(v[:, None], len(columns), axis=1) for name, v in views.arrays.items()
        }


def test_attribution_and_bias_sum_to_the_logits_of_the_labels_asked_for():
    views = made_up.views(np.arange(8).reshape(4, 2), np.zeros((4, 2)))
    opened = Open().fit(views, LABELS, validation=(views, LABELS))
    attribution = opened.attribution(views, [2, 0])
    np.testing.assert_array_equal(attribution.blocks["net"][3], [[0, 0], [6, 7]])
    np.testing.assert_allclose(attribution.bias[3], [np.log(4), 0.5 - 13], rtol=1e-6)


def test_a_constant_label_is_no_numbers_doing():
    views = made_up.views(np.ones((4, 2)), np.zeros((4, 2)))
    attribution = Open().fit(views, LABELS, validation=(views, LABELS)).attribution(views, [1])
    assert not attribution.blocks["net"].any()
    np.testing.assert_allclose(attribution.bias, np.log(1 / 4), rtol=1e-6)


def test_a_classifier_without_attributions_is_refused(fitted):
    with pytest.raises(InvalidOption, match="Flat does not"):
        fitted.attribution(VIEWS, [0])


def test_a_classifier_has_no_gradient_unless_it_says_so(fitted):
    assert fitted.differentiable_by == ()
    assert fitted.tensor_logits({}) == 0


def test_plain_arrays_are_one_block_and_an_eighth_is_held_out():
    values, labels = np.arange(32.0).reshape(16, 2), np.tile([0, 1], 8)
    fitted = Flat(seed=3).fit(values, labels, patients=np.repeat(range(8), 2))
    assert len(fitted.seen_) == 14
    views = made_up.views(values, values).of("deep")
    np.testing.assert_array_equal(
        fitted.predict_proba(values), Flat(seed=3).fit(values, labels).predict_proba(values)
    )
    named = Flat().fit(views, labels[:, None], validation=(values, labels))
    assert named.predict_proba(values).shape == (16, 1)


def test_probabilities_of_exclusive_classes_are_a_softmax():
    labels = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    fitted = Flat().fit(VIEWS, labels, validation=(VIEWS, labels), exclusive=True)
    np.testing.assert_allclose(fitted.predict_proba(VIEWS), 1 / 3, rtol=1e-6)


def test_one_of_two_classes_is_a_label_like_any_other():
    labels = np.array([[1], [0], [1], [0]], np.float32)
    fitted = Flat().fit(VIEWS, labels, validation=(VIEWS, labels), exclusive=True)
    assert not fitted.exclusive
    np.testing.assert_allclose(fitted.predict_proba(VIEWS), 1 / (1 + np.exp(-0.5)), rtol=1e-6)


def test_that_classes_are_exclusive_survives_the_disk_twice(tmp_path):
    labels = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    model = Flat().fit(VIEWS, labels, validation=(VIEWS, labels), exclusive=True)
    for name in ("first", "second"):
        model.save(tmp_path / name)
        model = Flat().load(tmp_path / name)
    assert model.exclusive
