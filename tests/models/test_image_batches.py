import numpy as np
import pytest

from tests.models import made_up

pytestmark = pytest.mark.slow

PLAIN, LABELS = made_up.labelled(50)
VIEWS = made_up.with_images(PLAIN)


@pytest.fixture
def batches():
    from models.image_batches import Augmenting, ImageBatches

    def batches(seed=0, n_devices=1, **options):
        chosen = Augmenting(**{"batch_size": 16, "augmentation": "none"} | options)
        return ImageBatches(VIEWS, LABELS, chosen, seed, n_devices)

    return batches


def test_an_epoch_shows_every_image_once_and_fills_its_last_batch(batches):
    plan = batches().plan(0)
    assert plan.shape == (4, 16)
    assert sorted(plan.ravel()[:50]) == list(range(50))
    np.testing.assert_array_equal(plan.ravel()[50:], plan.ravel()[:14])


def test_every_device_gets_as_many_images_as_any_other(batches):
    assert batches(n_devices=3).plan(0).shape == (3, 18)
    assert batches(batch_size=500, n_devices=4).plan(0).shape == (1, 52)


def test_seed_and_epoch_are_all_that_the_order_depends_on(batches):
    np.testing.assert_array_equal(batches().plan(3), batches().plan(3))
    assert (batches().plan(3) != batches().plan(4)).any()
    assert (batches(seed=1).plan(3) != batches().plan(3)).any()


def test_a_batch_has_the_rows_asked_for_of_every_block(batches):
    rows = np.array([4, 2, 9])
    batch = batches().make(rows, 0, 0)
    for name, values in VIEWS.arrays.items():
        np.testing.assert_array_equal(batch.inputs[name], values[rows])
        assert batch.inputs[name].dtype == values.dtype
    np.testing.assert_array_equal(batch.labels, LABELS[rows])


def test_chance_is_another_in_every_step_and_the_same_when_repeated(batches):
    made = batches(augmentation="medical")
    one, same, other = (made.make(np.arange(5), 2, step).draws for step in (1, 1, 2))
    for name, values in one.items():
        np.testing.assert_array_equal(values, same[name])
    assert (one["transforms"] != other["transforms"]).any()


def test_mixed_images_are_whole_grey_levels_and_their_labels_mixed_alike(batches, monkeypatch):
    from models import image_batches

    partners, shares = np.array([1, 0]), np.array([0.75, 0.5], np.float32)
    monkeypatch.setattr(image_batches, "mixing", lambda rows, alpha, rng: (partners, shares))
    rows = np.flatnonzero(~np.isnan(LABELS[:, :2]).any(axis=1))[:2]
    mixed = batches(mixup=0.5).make(rows, 0, 0)
    for found, values in (
        (mixed.inputs["net"], PLAIN.arrays["net"]),
        (mixed.inputs["pixels"], VIEWS.arrays["pixels"].astype(float)),
        (mixed.labels[:, :2], LABELS[:, :2]),
    ):
        one, other = values[rows]
        expected = np.stack([0.75 * one + 0.25 * other, (one + other) / 2])
        np.testing.assert_allclose(found, expected, atol=0.5 if found.dtype == np.uint8 else 1e-6)
    assert mixed.inputs["pixels"].dtype == np.uint8


def test_images_with_a_rare_finding_go_further_if_asked(batches):
    rare = batches(minority=1.5, target_prevalence=0.45)
    prevalence = np.nanmean(LABELS, axis=0)
    expected = (LABELS[:, (prevalence > 0) & (prevalence < 0.45)] == 1).any(axis=1)
    assert 0 < expected.sum() < 50
    np.testing.assert_array_equal(rare.strengths, np.where(expected, 1.5, 1.0))


def test_batches_of_one_size_give_every_image_its_own_row():
    from models.image_batches import in_batches

    seen = []

    def compute(inputs):
        seen.append(len(inputs["net"]))
        return inputs["net"] * 2

    np.testing.assert_array_equal(in_batches(compute, PLAIN, 16), PLAIN.arrays["net"] * 2)
    assert seen == [16, 16, 16, 16]
