"""A healthy chest by organs; each function returns how much an organ absorbs."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from datasets.synthetic.body import LEFT, RIGHT, Body
from datasets.synthetic.canvas import Canvas, Line, Map, Points, circle, ramp, smooth
from datasets.synthetic.skeleton import bones

# fmt: off
# (across, depth) around a lung, from its apex outwards; see Body.at.
LUNG = np.array([
    (0.45, 0.03), (0.70, 0.00), (0.90, 0.08), (0.96, 0.25), (0.97, 0.50), (0.975, 0.75),
    (0.965, 1.00), (0.945, 1.10), (0.86, 1.02), (0.65, 0.935), (0.45, 0.925), (0.26, 0.98),
    (0.19, 0.88), (0.18, 0.65), (0.19, 0.45), (0.21, 0.28), (0.30, 0.12),
])
# (part of the heart's width, depth) around the heart, from the great vessels down the right side.
HEART = np.array([
    (0.00, 0.36), (-0.17, 0.44), (-0.28, 0.54), (-0.35, 0.68), (-0.36, 0.82), (-0.28, 0.97),
    (0.00, 1.06), (0.35, 1.07), (0.57, 1.01), (0.64, 0.91), (0.60, 0.78), (0.48, 0.64),
    (0.34, 0.52), (0.24, 0.44), (0.15, 0.38),
])
# fmt: on
# How much less a lung full of air absorbs than tissue.
LUNG_AIR = 1.30


@dataclass
class Chest:
    """The layers of a chest, each (size, size); lungs is a pair, the patient's right one first."""

    canvas: Canvas
    body: Body
    lungs: tuple[Map, Map]
    heart: Map
    vessels: Map
    frame: Map

    @cached_property
    def place(self) -> tuple[Map, Map]:
        """The position of each pixel from spine to ribs, negative on the right, and its depth."""
        x, y = self.canvas.grid
        return self.body.across(x, y), self.body.depth(y)

    @cached_property
    def air(self) -> Map:
        """1 where a ray meets only lung, 0 where it meets none."""
        return (self.lungs[0] + self.lungs[1]) * (1 - 0.85 * self.heart)


def chest(canvas: Canvas, body: Body, portable: bool, rng: np.random.Generator) -> Chest:
    """A healthy chest; portable is an AP image: less breath and a magnified heart."""
    breath = rng.normal(0, 0.012) - 0.035 * portable
    body = replace(body, base=body.base + breath, heart=body.heart * (1.12 if portable else 1.0))
    lungs = (lung(canvas, body, RIGHT), lung(canvas, body, LEFT))
    return Chest(
        canvas=canvas,
        body=body,
        lungs=lungs,
        heart=heart(canvas, body),
        vessels=(vessels(canvas, body) + interstitium(canvas, rng)) * (lungs[0] + lungs[1]),
        frame=trunk(canvas, body, rng) + bones(canvas, body) + mediastinum(canvas, body),
    )


def lung(canvas: Canvas, body: Body, side: int) -> Map:
    """How much of a lung each ray meets: thick in the middle, thin along the ribs."""
    rng = body.rng(1, side + 1)
    across, depth = LUNG.T
    # The liver holds the right half of the diaphragm higher.
    dome = (0.035 if side == RIGHT else -0.01) + rng.normal(0, 0.012)
    lowered = depth - dome * ((depth > 0.9) & (across < 0.9))
    outline = body.at(side, across + rng.normal(0, 0.006, across.shape), lowered)
    shape = canvas.fill(smooth(outline, closed=True))
    return shape * (0.55 + 0.45 * ramp(canvas.blur(shape, 0.04), 0.35, 1.0))


def heart(canvas: Canvas, body: Body) -> Map:
    """How much of the heart and the aorta each ray meets, 0 to 1."""
    shape = canvas.fill(heart_outline(body), aortic_knob(body))
    aorta = canvas.strokes((smooth(body.at(LEFT, [0.2, 0.2, 0.08], [0.27, 0.6, 1.1])), 0.05))
    rounded = shape * (0.6 + 0.4 * ramp(canvas.blur(shape, 0.03), 0.4, 0.95))
    return np.maximum(rounded, 0.5 * aorta)


def aortic_knob(body: Body) -> Points:
    """The outline (40, 2) of the arch of the aorta, wider with age."""
    (centre,) = body.at(LEFT, [0.19], [0.27])
    return circle(centre, 0.024 + 0.0002 * body.age, 1.25)


def heart_outline(body: Body) -> Points:
    """The heart's silhouette (CURVE_POINTS, 2); body.heart is its width as part of the chest's."""
    part, depth = HEART.T
    width = body.heart * 2 * 0.34 * body.width
    x, y = body.at(LEFT, 0.0, depth).T
    return smooth(np.stack([x + part * width, y], axis=1), closed=True)


def vessels(canvas: Canvas, body: Body) -> Map:
    """Arteries and veins that fork and thin from both hila outwards."""
    lines = vessel_tree(body, RIGHT) + vessel_tree(body, LEFT)
    tree = canvas.strokes(*sorted(lines, key=lambda line: line[1]))
    return (0.8 * tree + 0.5 * canvas.blur(tree, 0.008)) * body.markings


def interstitium(canvas: Canvas, rng: np.random.Generator) -> Map:
    """The fine texture of a lung, which differs between images."""
    return rng.uniform(0.05, 0.2) * canvas.grain(rng, rng.uniform(0.010, 0.02))


def vessel_tree(body: Body, side: int) -> list[Line]:
    """Curved segments and their widths, doubling at each of six generations."""
    rng = body.rng(2, side + 1)
    headings = np.linspace(-1.35, 1.75, 8) + rng.normal(0, 0.15, 8)
    ends = body.at(side, rng.uniform(0.2, 0.34, 8), 0.46 - 0.03 * side + 0.05 * headings)
    lengths = (0.055 + 0.02 * np.maximum(headings, 0)) * rng.uniform(0.8, 1.2, 8)
    lines: list[Line] = []
    for generation in range(6):
        starts, bends = ends, headings + rng.normal(0, 0.25, headings.shape)
        middles = starts + 0.5 * lengths[:, None] * _direction(side, headings)
        ends = middles + 0.5 * lengths[:, None] * _direction(side, bends)
        width = 0.012 * 0.66**generation
        lines.append((np.stack([starts, middles, ends], axis=1), width))
        fork = np.tile([-0.42, 0.28], len(ends)) + rng.normal(0, 0.15, 2 * len(ends))
        headings = np.repeat(bends, 2) + fork
        ends = np.repeat(ends, 2, axis=0)
        lengths = np.repeat(lengths, 2) * rng.uniform(0.65, 0.95, 2 * len(lengths))
    return lines


def trunk(canvas: Canvas, body: Body, rng: np.random.Generator) -> Map:
    """Skin, fat and muscle of neck, shoulders, arms and belly, with the breasts."""
    outline = trunk_outline(body, rng)
    shape = canvas.fill(np.vstack([outline, outline[::-1] * [-1, 1] + [1, 0]]))
    depth = body.depth(canvas.grid[1])
    flesh = shape * (0.3 + 0.7 * canvas.blur(shape, 0.05)) * (1.6 + 0.9 * ramp(depth, 0.75, 1.1))
    folds = 0.05 * shape * canvas.grain(body.rng(3), 0.12)
    return (flesh + folds) * body.girth**0.5 + breasts(canvas, body) - stomach(canvas, body)


def trunk_outline(body: Body, rng: np.random.Generator) -> Points:
    """The half of the outline right of the spine from neck to hip; arms hang more or less close."""
    flank = 0.345 * body.width + 0.045 * body.girth
    shoulder = [(0.10, -0.5), (0.11, -0.03), (0.19, 0.03), (0.34, 0.05), (0.47, 0.09), (0.58, 0.2)]
    arm = [(0.65, 0.4), (0.65, rng.uniform(0.65, 1.5))]
    side = [(0.015, 0.46), (0.0, 0.5), (0.0, 0.7), (0.015, 0.9), (0.02, 1.5)]
    across, y = np.vstack([smooth(shoulder), arm, smooth(np.add(side, (flank, 0)))]).T
    return np.stack([0.5 + across, y + body.top - 0.11], axis=1)


def breasts(canvas: Canvas, body: Body) -> Map:
    """Two soft shadows that end below in a sharper fold."""
    layer = np.zeros_like(canvas.grid[0])
    for side in (RIGHT, LEFT):
        (centre,) = body.at(side, [0.68], [0.80])
        shape = canvas.fill(circle(centre, 0.115))
        layer += shape * ramp(canvas.grid[1], centre[1] - 0.14, centre[1] + 0.10)
    return 0.28 * body.breasts * canvas.blur(layer, 0.006)


def stomach(canvas: Canvas, body: Body) -> Map:
    """Gas under the left half of the diaphragm, which absorbs less."""
    rng = body.rng(4)
    (centre,) = body.at(LEFT, [rng.uniform(0.4, 0.6)], [1.09])
    bubble = canvas.fill(circle(centre, rng.uniform(0.03, 0.06), rng.uniform(0.4, 0.7)))
    return rng.uniform(0.0, 0.7) * canvas.blur(bubble, 0.006)


def mediastinum(canvas: Canvas, body: Body) -> Map:
    """Great vessels and hila, less the air in the windpipe and its two branches."""
    vein = canvas.strokes((body.at(RIGHT, [0.1, 0.1], [-0.3, 1.0]), 0.075))
    hila = [circle(body.at(s, 0.25, 0.45 - 0.03 * s), 0.026, 1.7) for s in (RIGHT, LEFT)]
    dense = 0.15 * vein + 0.22 * canvas.blur(canvas.fill(*hila), 0.012)
    return canvas.blur(dense, 0.006) - 0.3 * canvas.blur(windpipe(canvas, body), 0.004)


def windpipe(canvas: Canvas, body: Body) -> Map:
    """1 inside the trachea and the two main bronchi."""
    trachea = body.at(RIGHT, [0.0, 0.03, 0.0], [-0.6, 0.15, 0.36])
    right, left = (body.at(s, [0.0, 0.12, 0.24], [0.36, 0.40, 0.46]) for s in (RIGHT, LEFT))
    return canvas.strokes((right, 0.016), (left, 0.014), (trachea, 0.028))


def _direction(side: int, heading: Points) -> Points:
    return np.stack([side * np.cos(heading), np.sin(heading)], axis=-1)
