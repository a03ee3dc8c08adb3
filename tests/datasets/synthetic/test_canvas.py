import io

import numpy as np
import pytest
from PIL import Image

from datasets.synthetic.canvas import Canvas, circle, png, ramp, smooth

UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MOVED = np.array([[0.9, -0.1, 0.10], [0.1, 0.9, -0.05]])
SQUARE = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.5), (0.25, 0.5)]


def test_a_filled_outline_covers_its_area():
    assert Canvas(64, UPRIGHT).fill(SQUARE).mean() == pytest.approx(0.5 * 0.25, rel=0.1)


def test_outlines_that_overlap_are_filled_once():
    canvas = Canvas(64, UPRIGHT)
    np.testing.assert_array_equal(canvas.fill(SQUARE, SQUARE), canvas.fill(SQUARE))


def test_a_stroke_covers_its_length_times_its_width():
    covered = Canvas(128, UPRIGHT).strokes(([(0.2, 0.5), (0.8, 0.5)], 0.1)).mean()
    assert covered == pytest.approx(0.6 * 0.1 + np.pi * 0.05**2, rel=0.1)


def test_a_stroke_thinner_than_a_pixel_is_paler_instead_of_wider():
    line = [(0.2, 0.5), (0.8, 0.5)]
    thin, thinner = (Canvas(64, UPRIGHT).strokes((line, width)).sum() for width in (0.006, 0.003))
    assert thinner == pytest.approx(thin / 2, rel=0.1)


def test_many_curves_in_one_stroke_are_as_many_strokes():
    canvas = Canvas(64, UPRIGHT)
    curves = np.array([[(0.1, 0.2), (0.9, 0.2)], [(0.1, 0.8), (0.9, 0.8)]])
    apart = canvas.strokes((curves[0], 0.05)) + canvas.strokes((curves[1], 0.05))
    np.testing.assert_array_equal(canvas.strokes((curves, 0.05)), apart)


def test_the_grid_undoes_the_pose():
    canvas = Canvas(32, MOVED)
    places = np.stack(canvas.grid, axis=-1)
    row, column = 5, 20
    np.testing.assert_allclose(canvas.pixels(places[row, column]), [20.5, 5.5], atol=1e-4)


def test_shapes_lie_where_the_pose_takes_them():
    shape = Canvas(128, MOVED).fill(circle((0.5, 0.5), 0.05))
    rows, columns = np.nonzero(shape > 0.5)
    expected = (MOVED[:, :2] @ [0.5, 0.5] + MOVED[:, 2]) * 128
    np.testing.assert_allclose([columns.mean() + 0.5, rows.mean() + 0.5], expected, atol=0.5)


def test_a_wide_blur_is_near_the_slow_gaussian():
    from scipy.ndimage import gaussian_filter

    layer = Canvas(128, UPRIGHT).fill(circle((0.5, 0.5), 0.2))
    slow = gaussian_filter(layer, 0.08 * 128, mode="mirror")
    np.testing.assert_allclose(Canvas(128, UPRIGHT).blur(layer, 0.08), slow, atol=0.02)


@pytest.mark.parametrize("size", [64, 256])
def test_grain_is_the_same_pattern_at_every_size(size):
    small = Canvas(size, UPRIGHT).grain(np.random.default_rng(0), 0.1)
    large = Canvas(512, UPRIGHT).grain(np.random.default_rng(0), 0.1)
    step = 512 // size
    assert (
        np.corrcoef(small.ravel(), large[step // 2 :: step, step // 2 :: step].ravel())[0, 1] > 0.98
    )


def test_a_smooth_curve_passes_its_knots():
    knots = np.array([(0.0, 0.0), (0.4, 0.3), (1.0, 0.1)])
    gaps = np.linalg.norm(smooth(knots)[:, None] - knots, axis=-1).min(axis=0)
    assert gaps.max() < 0.02


def test_a_closed_curve_ends_where_it_starts():
    curve = smooth(circle((0.5, 0.5), 0.3), closed=True)
    np.testing.assert_allclose(curve[0], curve[-1], atol=1e-9)


def test_a_ramp_may_fall():
    values = np.array([0.0, 1.0, 1.5, 2.0, 3.0])
    np.testing.assert_array_equal(ramp(values, 2.0, 1.0), [1, 1, 0.5, 0, 0])


def test_another_program_reads_the_png_back():
    grey = np.random.default_rng(0).integers(0, 256, (16, 16), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(grey)))), grey)
