"""Findings, one function each: what a disease adds to the thickness of a healthy chest.

A severity of 0 is barely visible, 1 is plain. Chance comes from the patient, so that a finding
stays where it was on the patient's later images.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from datasets.synthetic.anatomy import LUNG, LUNG_AIR, Chest, heart_outline
from datasets.synthetic.body import LEFT, RIGHT, Body
from datasets.synthetic.canvas import Map, Points, ramp, smooth

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shadow:
    """What a finding adds, where it is, and where it replaces lung; each (size, size) or None."""

    dense: Map | None = None
    region: Map | None = None
    collapsed: Map | None = None

    def box(self) -> Box | None:
        """Left, top, width and height of the region as fractions of the image, if there is one."""
        if self.region is None or not self.region.any():
            return None
        # Nobody would outline a fainter rim.
        seen = self.region > 0.4 * self.region.max()
        (left, right), (top, bottom) = (_ends(seen.any(axis=axis)) for axis in (0, 1))
        return left, top, right - left, bottom - top


def enlarge(body: Body, severity: float) -> Body:
    """The body with the wider heart of cardiomegaly."""
    return replace(body, heart=body.heart + 0.035 + 0.13 * severity)


def cardiomegaly(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """The heart itself, which `enlarge` has widened."""
    return Shadow(region=chest.canvas.fill(heart_outline(chest.body)))


def effusion(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """Fluid at the base of one lung, which climbs along the ribs."""
    side = _side(rng)
    across, depth = chest.place
    level = 1.02 - 0.42 * severity - (0.10 + 0.08 * severity) * (side * across) ** 3
    fluid = _lung(chest, side) * ramp(depth, level - 0.04, level + 0.06)
    return Shadow(0.85 * LUNG_AIR * fluid * (1 - 0.85 * chest.heart), fluid, fluid)


def pneumothorax(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """Air between ribs and lung at one apex, beyond a thin line; no vessel crosses it."""
    side = _side(rng)
    shrunk = np.array([0.30, 0.95]) + (LUNG - [0.30, 0.95]) * (0.87 - 0.4 * severity)
    outline = smooth(chest.body.at(side, *shrunk.T), closed=True)
    across, depth = chest.place
    apical = _lung(chest, side) * ramp(depth, 0.75, 0.55) * ramp(side * across, 0.2, 0.4)
    gap = apical * (1 - chest.canvas.fill(outline))
    pleura = apical * chest.canvas.strokes((outline, 0.005))
    squeezed = 0.20 * severity * (apical - gap)
    return Shadow(0.25 * pleura - 0.30 * gap + squeezed, gap, gap)


def nodule(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """A round spot of about 3 cm or less."""
    radius = 0.033 * np.exp(rng.normal(0, 0.25))
    return _lump(chest, radius, 0.05, 0.36 + 0.50 * severity, rng)


def mass(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """A lobed lump of more than 3 cm."""
    return _lump(chest, rng.uniform(0.055, 0.095), 0.16, 0.50 + 0.5 * severity, rng)


def fibrosis(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """A net of fine lines, at the bases and along the ribs."""
    across, depth = chest.place
    where = ramp(depth, 0.3, 0.95) * ramp(np.abs(across), 0.15, 0.8)
    patches = ramp(chest.canvas.grain(rng, 0.1), -1.2, 0.6)
    net = _net(chest, rng, 0.011) + _net(chest, rng, 0.018)
    return Shadow((0.40 + 0.6 * severity) * (net + 0.15) * where * patches * chest.air)


def edema(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """Blurred, mottled lungs around both hila, and short septal lines along the ribs."""
    across, depth = chest.place
    wing = np.exp(-(((np.abs(across) - 0.35) / 0.35) ** 2) - ((depth - 0.52) / 0.32) ** 2)
    mottle = _level(chest, np.maximum(chest.canvas.grain(rng, 0.014), 0))
    septa = _level(chest, chest.canvas.strokes((_septal_lines(chest.body, rng), 0.004)))
    dense = (
        wing * (0.05 + 0.10 * severity + (0.20 + 0.28 * severity) * mottle) + 0.5 * severity * septa
    )
    return Shadow(dense * chest.air)


def infiltration(chest: Chest, severity: float, rng: np.random.Generator) -> Shadow:
    """Patches of coarse grain in one zone of one lung."""
    canvas, side = chest.canvas, _side(rng)
    centre = chest.body.at(side, rng.uniform(0.4, 0.75), rng.uniform(0.25, 0.85))
    far = np.hypot(*(axis - place for axis, place in zip(canvas.grid, centre, strict=True)))
    zone = ramp(far / rng.uniform(0.10, 0.17), 1.0, 0.5) * (_lung(chest, side) > 0.5)
    patches = zone * ramp(canvas.grain(rng, 0.05), -1.0, 0.4)
    speckle = _level(chest, ramp(canvas.grain(rng, 0.017), 0.0, 1.2))
    dense = patches * (0.14 + 0.22 * severity + (0.40 + 0.40 * severity) * speckle)
    return Shadow(dense * chest.air, zone * (1 - chest.heart))


FINDINGS: dict[str, Callable[[Chest, float, np.random.Generator], Shadow]] = {
    "Cardiomegaly": cardiomegaly,
    "Edema": edema,
    "Effusion": effusion,
    "Fibrosis": fibrosis,
    "Infiltration": infiltration,
    "Mass": mass,
    "Nodule": nodule,
    "Pneumothorax": pneumothorax,
}


def _side(rng: np.random.Generator) -> int:
    return RIGHT if rng.random() < 0.6 else LEFT


def _lung(chest: Chest, side: int) -> Map:
    return chest.lungs[0 if side == RIGHT else 1]


def _ends(seen: np.ndarray) -> tuple[float, float]:
    places = np.flatnonzero(seen)
    return places[0] / len(seen), (places[-1] + 1) / len(seen)


def _level(chest: Chest, texture: Map) -> Map:
    # Without its local mean, a texture does not change the image at low resolution.
    return texture - chest.canvas.blur(texture, 0.025)


def _net(chest: Chest, rng: np.random.Generator, spacing: float) -> Map:
    # Where smooth noise crosses zero are closed, winding lines.
    return _level(chest, ramp(np.abs(chest.canvas.grain(rng, spacing)), 0.5, 0.0))


def _lump(
    chest: Chest, radius: float, lobes: float, contrast: float, rng: np.random.Generator
) -> Shadow:
    side = _side(rng)
    # Mostly in the upper lobes, as in life, and clear of the heart.
    centre = chest.body.at(side, rng.uniform(0.45, 0.8), 0.15 + 0.5 * rng.beta(1.5, 2.5))
    shape = chest.canvas.fill(_lobed(centre, radius, lobes, rng))
    thick = shape * (0.4 + 0.6 * chest.canvas.blur(shape, 0.4 * radius))
    return Shadow(contrast * chest.canvas.blur(thick, 0.005), shape)


def _lobed(centre: Points, radius: float, lobes: float, rng: np.random.Generator) -> Points:
    angle = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    reach = radius * (1 + rng.normal(0, lobes, 9))
    spokes = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return smooth(centre + reach[:, None] * spokes, closed=True)


def _septal_lines(body: Body, rng: np.random.Generator) -> Points:
    start, depth = rng.uniform([0.78, 0.5], [0.88, 1.02], (40, 2)).T
    across = np.stack([start, start + 0.1], axis=1)
    depths = depth[:, None] + rng.normal(0, 0.01, (40, 2))
    halves = (RIGHT, slice(0, 20)), (LEFT, slice(20, 40))
    return np.concatenate([body.at(side, across[half], depths[half]) for side, half in halves])
