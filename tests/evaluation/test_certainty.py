import numpy as np
import pytest

from evaluation import certainty
from evaluation.bootstrap import interval

RNG = np.random.default_rng(sum(map(ord, "certainty")))


def labelled(positive, negative, unknown=0):
    """One label of so many images, each of a patient of its own."""
    return np.array([1.0] * positive + [0.0] * negative + [np.nan] * unknown)


def reason(labels, owners=None):
    owners = np.arange(len(labels)) if owners is None else owners
    (why,) = certainty.missing(labels[:, None], owners).labels
    return why


def test_twenty_patients_five_of_a_class_are_enough():
    assert reason(labelled(5, 15)) is reason(labelled(15, 5)) is None


def test_images_of_few_patients_are_counted_by_patient():
    message = reason(labelled(100, 100), np.zeros(200, int))
    assert message == "the 200 images come from 1 patient; at least 20 are needed"
    assert "come from 19 patients" in reason(labelled(20, 20), np.arange(40) % 19)


def test_images_that_are_patients_of_their_own_are_counted_as_such():
    message = "each image counts as one patient, which makes 19; at least 20 are needed"
    assert reason(labelled(9, 10)) == message


def test_patients_with_and_without_the_finding_are_counted():
    message = "4 patients have images with the finding; at least 5 are needed"
    assert reason(labelled(4, 100)) == message
    message = "1 patient has images without the finding; at least 5 are needed"
    assert reason(labelled(100, 1)) == message
    # Ten positive images of two patients.
    owners = np.append(np.arange(10) % 2, np.arange(2, 32))
    assert reason(labelled(10, 30), owners).startswith("2 patients have images with")


def test_images_that_do_not_report_the_label_do_not_count():
    labels = np.column_stack([labelled(9, 10, unknown=50), np.zeros(69)])
    why, _ = certainty.missing(labels, np.arange(69)).labels
    assert why.startswith("each image that reports the label counts as one patient")
    why, _ = certainty.missing(labels, np.append(np.arange(19) % 18, np.arange(18, 68))).labels
    assert why.startswith("the 19 images that report the label come from 18 patients")


def test_the_macro_needs_a_label_that_has_an_interval():
    rare = np.column_stack([labelled(4, 36)] * 3)
    message = certainty.missing(rare, np.arange(40))
    assert message.macro.startswith("no label has 20 patients, 5 of them with and 5 without")
    with_one = np.column_stack([rare, labelled(5, 35)])
    assert certainty.missing(with_one, np.arange(40)).macro is None


def test_the_macro_of_one_label_has_the_labels_own_reason():
    message = certainty.missing(labelled(4, 36)[:, None], np.arange(40))
    assert message.macro == message.labels[0] is not None


def test_the_micro_counts_patients_with_any_finding():
    spread = np.zeros((40, 5))
    spread[np.arange(5), np.arange(5)] = 1
    assert certainty.missing(spread, np.arange(40)).micro is None
    message = certainty.missing(spread[:, :4], np.arange(40)).micro
    assert message == "4 patients have images with a finding; at least 5 are needed"


def test_an_interval_is_that_of_the_replicates():
    figures = RNG.random(100)
    assert certainty.estimated(figures, None) == (interval(figures), None)


@pytest.mark.parametrize(
    ("figures", "why", "message"),
    [
        (RNG.random(100), "few", "few"),
        (np.ones(100), None, certainty.SAME),
        (np.append(np.ones(98), [0.1, 2]), None, certainty.SAME),
        (np.append(RNG.random(30), np.full(70, np.nan)), None, "fewer than 39 replicates"),
    ],
)
def test_where_there_is_no_interval_there_is_a_reason(figures, why, message):
    found, reason = certainty.estimated(figures, why)
    assert found is None
    assert reason.startswith(message)


def test_counts_are_those_of_sets_of_patients():
    labels = RNG.choice([0.0, 1.0, np.nan], 200)
    owners = RNG.integers(0, 50, 200)
    expected = (
        np.count_nonzero(~np.isnan(labels)),
        *(len(set(owners[who])) for who in (~np.isnan(labels), labels == 1, labels == 0)),
    )
    assert certainty.count(labels, owners) == expected
