"""From thickness to grey values: exposure, detector noise, letters, lines and tubes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.synthetic.anatomy import LUNG_AIR, Chest, chest
from datasets.synthetic.body import LEFT, RIGHT, Body, grow
from datasets.synthetic.canvas import Canvas, Map, Points, circle, ramp, smooth
from datasets.synthetic.synthetic_findings import FINDINGS, Box, Shadow, enlarge
from datasets.synthetic.synthetic_patients import Visit

HEART_BLOOD = 0.25
VESSEL_BLOOD = 0.33


@dataclass(frozen=True)
class Image:
    """Grey values (size, size), and a box in fractions of the image for some findings."""

    grey: NDArray[np.uint8]
    boxes: dict[str, Box]


def shoot(visit: Visit, size: int, seed: int) -> Image:
    """The image of a visit, the same for the same arguments."""
    rng = np.random.default_rng([seed, 1, visit.index])
    canvas = Canvas(size, pose(rng, visit.portable))
    body = grow((seed, 2, visit.patient), visit.age, visit.woman)
    if "Cardiomegaly" in visit.findings:
        body = enlarge(body, visit.findings["Cardiomegaly"])
    healthy = chest(canvas, body, visit.portable, rng)
    shadows = {
        name: drawn(healthy, visit.findings[name], body.rng(5, number))
        for number, (name, drawn) in enumerate(FINDINGS.items())
        if name in visit.findings
    }
    thickness = attenuation(healthy, shadows.values()) + devices(healthy, visit.portable, rng)
    grey = develop(expose(thickness, canvas, visit.portable, rng), rng)
    lettered = np.maximum(grey, (245 * marker(canvas, visit.portable, rng)).astype(np.uint8))
    boxes = {name: box for name, shadow in shadows.items() if (box := shadow.box())}
    return Image(collimate(lettered, canvas, rng), boxes)


def pose(rng: np.random.Generator, portable: bool) -> Points:
    """The pose (2, 3) of the patient at the detector, near the identity."""
    turn = rng.normal(0, 0.035 if portable else 0.018)
    scale = rng.normal(1.0, 0.03) * np.array([1.0, rng.normal(1.0, 0.02)])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    shift = 0.5 + rng.normal(0, 0.014, 2) - matrix @ [0.5, 0.5]
    return np.column_stack([matrix, shift])


def attenuation(healthy: Chest, shadows: Iterable[Shadow]) -> Map:
    """How much chest and findings absorb of each ray, (size, size)."""
    shadows = list(shadows)
    emptied = [shadow.collapsed for shadow in shadows if shadow.collapsed is not None]
    lung = 1 - np.maximum.reduce(emptied) if emptied else np.ones_like(healthy.heart)
    blood = VESSEL_BLOOD * healthy.vessels * lung * (1 - healthy.heart)
    # Below the diaphragm the belly around the heart is as dense as the heart.
    heart = HEART_BLOOD * healthy.heart * ramp(healthy.place[1], 1.1, 0.85)
    thickness = healthy.frame + heart + blood - LUNG_AIR * healthy.air
    for shadow in shadows:
        if shadow.dense is not None:
            # A finding in a lung is faint where that lung has collapsed.
            faint = 1.0 if shadow.collapsed is not None else 0.3 + 0.7 * lung
            thickness = thickness + shadow.dense * faint
    return thickness


def expose(thickness: Map, canvas: Canvas, portable: bool, rng: np.random.Generator) -> Map:
    """The absorption that the detector measures, with scatter and quantum noise."""
    direct = np.exp(-np.maximum(thickness, 0))
    scatter = rng.uniform(0.10, 0.18) + 0.10 * portable
    reached = (1 - scatter) * direct + scatter * canvas.blur(direct, 0.06)
    # The same photons per area at any resolution, so smaller pixels are noisier.
    photons = reached * rng.uniform(2e4, 8e4) * (256 / canvas.size) ** 2
    noise = rng.standard_normal(photons.shape, dtype=np.float32) * np.sqrt(photons)
    return -np.log(np.maximum(photons + noise, 1) / photons.max())


def develop(signal: Map, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grey values (size, size), windowed by the middle of the image."""
    edge = len(signal) // 6
    middle = signal[edge:, edge:-edge]
    low, high = np.percentile(middle, [rng.uniform(0.2, 3), rng.uniform(97, 99.5)])
    black, white = low - rng.uniform(0.1, 0.5), high + rng.uniform(0, 0.2)
    return np.round(250 * ramp(signal, black, white) ** rng.uniform(0.8, 1.15)).astype(np.uint8)


def devices(healthy: Chest, portable: bool, rng: np.random.Generator) -> Map:
    """Leads, tubes and lines, mostly on portable images."""
    canvas, layer = healthy.canvas, np.zeros_like(healthy.heart)
    if rng.random() < (0.6 if portable else 0.04):
        layer += 0.35 * leads(canvas, rng)
    if rng.random() < (0.3 if portable else 0.01):
        layer += 0.18 * canvas.strokes((healthy.body.at(LEFT, [0.0, 0.0], [-0.3, 0.25]), 0.012))
    if rng.random() < (0.4 if portable else 0.03):
        layer += 0.30 * canvas.strokes((central_line(healthy.body), 0.006))
    return canvas.blur(layer, 0.0015)


def leads(canvas: Canvas, rng: np.random.Generator) -> Map:
    """Wires that hang over the chest, each from the image's edge to an electrode."""
    lines, plates = [], []
    for _ in range(rng.integers(2, 5)):
        end = rng.uniform([0.15, 0.2], [0.85, 0.75])
        start = [rng.choice([-0.05, 1.05]), rng.uniform(0.2, 1.0)]
        lines.append(smooth(np.stack([start, rng.uniform([0.2, 0.3], [0.8, 0.9]), end])))
        plates.append(circle(end, 0.012))
    return canvas.strokes((lines, 0.004)) + canvas.fill(*plates)


def central_line(body: Body) -> Points:
    """A catheter from below the right collar bone to the heart."""
    return smooth(body.at(RIGHT, [0.95, 0.6, 0.25, 0.17, 0.16], [0.1, 0.05, 0.1, 0.25, 0.48]))


def marker(canvas: Canvas, portable: bool, rng: np.random.Generator) -> Map:
    """The lead letter that says which side is which, and `AP` on most portable images."""
    left = rng.random() < 0.7
    place = [rng.uniform(0.88, 0.94) if left else rng.uniform(0.04, 0.1), rng.uniform(0.06, 0.16)]
    letters = canvas.text("L" if left else "R", place, rng.uniform(0.03, 0.045))
    if portable and rng.random() < 0.6:
        letters += canvas.text("AP", [place[0] - 0.01, place[1] + 0.04], 0.018)
    return letters


def collimate(
    grey: NDArray[np.uint8], canvas: Canvas, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The grey values, sometimes with one edge in the shadow of the collimator."""
    if rng.random() > 0.2:
        return grey
    edge = rng.uniform(0.0, 0.05)
    x, y = canvas.grid
    far = (x, 1 - x, y)[rng.integers(3)]
    return (grey * ramp(far, edge, edge + 0.006)).astype(np.uint8)
