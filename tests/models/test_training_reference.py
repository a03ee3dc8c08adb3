import numpy as np
import pytest

from datasets.image_statistics import STATISTICS, ImageStatistics, statistics_of
from errors import BadArrays
from models.training_reference import Reference, by_label
from models.views import Block, Views
from tests import fakes
from tests.models import made_up

RNG = np.random.default_rng(0)
TRAINING, VALIDATION, TEST = (made_up.labelled(200, seed=seed)[0] for seed in range(3))
MEASURED = np.array([statistics_of(fakes.picture(seed)) for seed in range(60)])
LABELS = ("Mass", "Edema")
PROBABILITIES = by_label(LABELS, RNG.random((200, 2)))


@pytest.fixture(scope="module")
def reference():
    return Reference.of(MEASURED, TRAINING, VALIDATION, PROBABILITIES)


def moved(views, by):
    return Views({name: Block(of.values + by, of.kind) for name, of in views.blocks.items()})


def test_it_has_a_histogram_of_each_input_and_output(reference):
    blocks = ["net norm", "sift norm", "net distance", "sift distance"]
    labels = ["probability of Mass", "probability of Edema"]
    assert [*reference.histograms] == [*STATISTICS, *blocks, *labels]


def test_few_held_out_images_are_unlike_and_moved_ones_are(reference):
    unlike = [reference.is_unlike(each) for each in reference.distances(TEST)]
    assert sum(unlike) <= 0.02 * len(TEST)
    assert all(reference.is_unlike(each) for each in reference.distances(moved(TEST, 1000)))


def test_one_block_that_has_moved_is_enough(reference):
    far = Views({"net": moved(TEST, 30).blocks["net"], "sift": TEST.blocks["sift"]})
    assert reference.distances(far).min() > reference.limit


def test_what_is_observed_is_what_the_histograms_were_made_of(reference):
    measured = [ImageStatistics(*row) for row in MEASURED[:3]]
    probabilities = {name: each[:3] for name, each in PROBABILITIES.items()}
    found = reference.observed(measured, TRAINING.select(np.arange(3)), probabilities)
    values = dict(
        zip(reference.histograms, np.array([each.values for each in found]).T, strict=True)
    )
    np.testing.assert_array_equal(values["exposure"], MEASURED[:3, 2])
    expected = np.linalg.norm(TRAINING.arrays["net"][:3], axis=1)
    np.testing.assert_allclose(values["net norm"], expected)
    np.testing.assert_array_equal(values["probability of Edema"], PROBABILITIES["Edema"][:3])
    assert [each.distance for each in found] == pytest.approx(reference.distances(TRAINING)[:3])


def test_images_that_could_not_be_measured_are_left_out():
    unread = np.vstack([MEASURED, np.full((5, 5), np.nan)])
    made = Reference.of(unread, TRAINING, VALIDATION, PROBABILITIES)
    assert made.histograms["exposure"].counts.sum() == 60
    none = Reference.of(unread[60:], TRAINING, VALIDATION, PROBABILITIES)
    assert "exposure" not in none.histograms


def test_unit_lengths_are_no_quantity():
    unit = {"net": Block(np.eye(6, dtype=np.float32)[np.arange(200) % 6], "deep")}
    made = Reference.of(MEASURED, Views(unit), Views(unit), PROBABILITIES)
    assert "net norm" not in made.histograms


def test_pixels_and_metadata_give_no_distance():
    views = Views({"pixels": Block(np.zeros((200, 4), np.uint8), "pixels")})
    made = Reference.of(MEASURED, views, views, PROBABILITIES)
    assert made.distances(views) is None
    (first, *_) = made.observed(
        [statistics_of(fakes.picture(0))], views, {n: [0.5] for n in LABELS}
    )
    assert first.distance is None
    assert not made.is_unlike(first.distance)


def test_it_comes_back_from_its_file(reference, tmp_path):
    reference.save(tmp_path / "reference.npz")
    again = Reference.load(tmp_path / "reference.npz")
    assert [*again.histograms] == [*reference.histograms]
    np.testing.assert_array_equal(again.distances(TEST), reference.distances(TEST))
    for name, histogram in reference.histograms.items():
        np.testing.assert_array_equal(again.histograms[name].bounds, histogram.bounds)
        np.testing.assert_array_equal(again.histograms[name].counts, histogram.counts)
    assert again.limit == reference.limit


def test_it_has_no_number_of_a_single_image(reference, tmp_path):
    """Counts are whole numbers, and no row of the features is among the arrays."""
    reference.save(tmp_path / "reference.npz")
    with np.load(tmp_path / "reference.npz") as saved:
        rows = {row.tobytes() for row in TRAINING.arrays["net"]}
        held = {row.tobytes() for name in saved for row in np.atleast_2d(saved[name])}
    assert not rows & held


@pytest.mark.parametrize("name", ["counts", "sizes", "directions_0", "mean_1"])
def test_arrays_that_do_not_fit_together_are_refused(reference, tmp_path, name):
    reference.save(tmp_path / "whole.npz")
    with np.load(tmp_path / "whole.npz") as saved:
        arrays = {**saved, name: saved[name][:-1]}
    np.savez(tmp_path / "forged.npz", **arrays)
    with pytest.raises(BadArrays, match="reference"):
        Reference.load(tmp_path / "forged.npz")
