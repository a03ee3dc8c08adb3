"""The bones of a healthy chest; each function returns how much they absorb."""

import numpy as np

from datasets.synthetic.body import LEFT, RIGHT, Body
from datasets.synthetic.canvas import Canvas, Map, Points, ramp, smooth

# (distance from the spine, height) as fractions of the image.
CLAVICLE = np.array([(0.04, 0.17), (0.14, 0.135), (0.25, 0.115), (0.36, 0.09), (0.42, 0.095)])
BLADE = np.array([(0.42, 0.13), (0.36, 0.15), (0.29, 0.22), (0.31, 0.38), (0.40, 0.22)])
ARM = np.array([(0.445, 0.14), (0.485, 0.3), (0.53, 0.62)])
RIBS = 10


def bones(canvas: Canvas, body: Body) -> Map:
    """Spine, ribs, collar bones, shoulder blades and upper arms."""
    # The belly is underexposed and shows little bone.
    shown = 0.4 + 0.6 * ramp(body.depth(canvas.grid[1]), 1.2, 0.9)
    rigid = 0.36 * spine(canvas, body) + ribs(canvas, body)
    return body.bone * (shown * rigid + shoulders(canvas, body))


def spine(canvas: Canvas, body: Body) -> Map:
    """Vertebral bodies with paler discs between, and their spinous processes."""
    sizes = np.linspace(0.028, 0.066, 32)
    y = np.cumsum(sizes) - 0.25
    column = np.stack([body.spine(y), y], axis=1)
    corners = np.array(
        [(-1, -0.8), (0, -0.7), (1, -0.8), (0.85, 0), (1, 0.8), (0, 0.7), (-1, 0.8), (-0.85, 0)]
    )
    blocks = column[:, None] + corners * np.stack([0.016 + 0.25 * sizes, 0.5 * sizes], 1)[:, None]
    processes = column[:, None] + np.array([[0, 0], [0, 0.012]])
    layer = 0.5 * canvas.strokes((column, 0.05)) + 0.4 * canvas.fill(*blocks)
    return canvas.blur(layer + 0.25 * canvas.strokes((processes, 0.010)), 0.003)


def ribs(canvas: Canvas, body: Body) -> Map:
    """Ten pairs: the back halves plain, the front halves faint and further down."""
    right, left = rib_curves(body, RIGHT), rib_curves(body, LEFT)
    front, back = (np.concatenate(halves) for halves in zip(right, left, strict=True))
    return 0.16 * _tubes(canvas, front, 0.024) + 0.36 * _tubes(canvas, back, 0.021)


def rib_curves(body: Body, side: int) -> tuple[Points, Points]:
    """The front and the back halves of one side's ribs, each (10, CURVE_POINTS, 2)."""
    number = np.arange(RIBS)[:, None]
    head = -0.03 + 0.107 * number
    fall = (0.07 + 0.012 * number) * body.slope
    back = head + fall * np.array([0, -0.25, 0.1, 0.75, 1.6])
    rise = (0.12 + 0.018 * number) * body.slope
    front = head + 1.3 * fall + 0.06 + rise * np.array([0.0, 0.35, 1.0, 1.25])
    return (
        smooth(body.at(side, [1.0, 0.93, 0.68, 0.42], front)),
        smooth(body.at(side, [0.13, 0.35, 0.65, 0.90, 1.0], back)),
    )


def shoulders(canvas: Canvas, body: Body) -> Map:
    """Collar bones, shoulder blades and upper arms of both sides."""
    layer = np.zeros_like(canvas.grid[0])
    for side in (RIGHT, LEFT):
        clavicle, blade, arm = (
            np.stack([0.5 + side * across, y + body.top - 0.11], axis=1)
            for across, y in (part.T for part in (CLAVICLE, BLADE, ARM))
        )
        layer += 0.40 * _tubes(canvas, smooth(clavicle), 0.024) + 0.3 * _tubes(canvas, arm, 0.045)
        layer += 0.2 * canvas.blur(canvas.fill(smooth(blade)), 0.004)
    return layer


def _tubes(canvas: Canvas, curves: Points, width: float) -> Map:
    hollow = canvas.strokes((curves, width)) - 0.45 * canvas.strokes((curves, 0.55 * width))
    return canvas.blur(hollow, 0.0025)
