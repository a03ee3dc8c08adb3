"""Explained images as pictures: a panel for each label, tiles for the contact sheet."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from features.local_descriptors import LocalDescriptors
from features.preprocessing import map_in_image
from inference.explained import Explained
from inference.label_decisions import Decision
from models.views import DEEP, PIXELS, WORDS
from reports.image_tiles import NO_BOXES, shrunk
from reports.plots.contact_sheet import Tile
from reports.plots.overlays import Heat, overlay
from reports.plots.panels import SIDE, Panel
from reports.wording import no_place, number, weightless

CAMERAS = {"gradcam": "Grad-CAM", "gradcam++": "Grad-CAM++"}
# This unit does not depend on the number of cells of a map.
EVIDENCE = "logit per 1 % of the image"
LONGEST = 60
LEAST_SHOWN = 0.005
# Most keypoints of a grid that are plotted.
MOST_OF_GRID = 10
TABLE = {1.0: "; label table: present", 0.0: "; label table: absent"}


def panels(image: Explained, no_camera: str, footer: str) -> Iterator[Panel]:
    """A panel for each decision; without Grad-CAM it gives the reason `no_camera`."""
    height, width = image.plane.shape
    for place, (decision, boxes) in enumerate(zip(image.decisions, image.boxes, strict=True)):
        points, note = keypoints(image, place)
        yield Panel(
            image=shrunk(image.plane, SIDE),
            title=f"{decision.label} · {decision.image[-LONGEST:]}",
            outcome=outcome(decision),
            image_note=f"{width:,} × {height:,} pixels"
            + ("; box: annotated" if len(boxes) else ""),
            keypoints=points if image.keypoints else None,
            keypoints_note=note,
            heats=[
                *words(image, place),
                *(_missing(name, no_place(name)) for name in image.placeless),
                *(cameras(image, place) or [_missing(CAMERAS["gradcam"], no_camera)]),
            ],
            boxes=boxes,
            footer=footer,
        )


def tiles(image: Explained) -> Iterator[Tile]:
    """The image, then for each decision the evidence from all visual words, and Grad-CAM."""
    small = shrunk(image.plane, SIDE)
    yield Tile(np.repeat(small[..., None], 3, axis=2), image.stem[-24:], NO_BOXES)
    for place, (decision, boxes) in enumerate(zip(image.decisions, image.boxes, strict=True)):
        caption = f"{decision.label} {number(decision.probability, 2)}"
        caption += " present" * bool(decision.present)
        for heat in [*_together(words(image, place)), *cameras(image, place)]:
            yield Tile(overlay(small, heat), caption, boxes)
            caption = ""


def keypoints(image: Explained, place: int) -> tuple[LocalDescriptors, str]:
    """The keypoints to plot for a decision, and a note on them.

    Keypoints of a sparse extractor if there is one, else the strongest of a grid.
    """
    if not image.keypoints:
        return LocalDescriptors.none(0), ""
    name = keypoints_shown(image)
    everything = image.keypoints[name]
    shown = strongest(everything, image.maps[name][place])
    if len(shown) == len(everything):
        return everything, f"{len(everything):,} of {name}"
    return shown, f"strongest {len(shown)} of {name}"


def strongest(keypoints: LocalDescriptors, heat: np.ndarray) -> LocalDescriptors:
    """All keypoints of a detector; of a grid those where a label's map (h, w) is strongest.

    Keypoints and map cover the same square. The keypoints chosen from a grid do not overlap.
    """
    # A detector gives each keypoint a direction; a grid is upright.
    if len(keypoints) <= MOST_OF_GRID or keypoints.angles.any():
        return keypoints
    points, sizes = keypoints.points, keypoints.sizes
    height, width = heat.shape
    columns, rows = (points * (width, height)).astype(int).clip(0, (width - 1, height - 1)).T
    strengths = np.abs(heat[rows, columns])
    chosen: list[int] = []
    for place in np.argsort(-strengths, kind="stable")[: np.count_nonzero(strengths)]:
        distances = np.linalg.norm(points[chosen] - points[place], axis=1)
        if (distances >= (sizes[chosen] + sizes[place]) / 2).all():
            chosen.append(int(place))
    return keypoints.rows(np.array(chosen[:MOST_OF_GRID], int))


def keypoints_shown(image: Explained) -> str:
    """The extractor whose keypoints are plotted, of at least one."""
    # On a grid all keypoints are of a few sizes.
    return max(image.keypoints, key=lambda each: len(np.unique(image.keypoints[each].sizes)))


def words(image: Explained, place: int) -> list[Heat]:
    """Evidence from each extractor of visual words, on one scale of colours."""
    small, decision = shrunk(image.plane, SIDE), image.decisions[place]
    heats = []
    for name in image.keypoints:
        raw = image.maps[name][place]
        absent = decision.attribution[name] - float(raw.sum())
        note = f"{_signed(decision.attribution[name])} logit in total"
        if abs(absent) >= LEAST_SHOWN:
            note += f", {_signed(absent)} of it from absent words"
        if WORDS in image.weightless:
            note = weightless(WORDS)
        values = map_in_image(raw * raw.size / 100, small.shape)
        heats.append(Heat(name, EVIDENCE, True, float(np.abs(values).max()), values, note))
    limit = max((heat.limit for heat in heats), default=0.0)
    return [replace(heat, limit=limit) for heat in heats]


def _together(heats: list[Heat]) -> list[Heat]:
    """The sum of the evidence as one heatmap; [] without heatmaps."""
    if not heats:
        return []
    values = np.sum([heat.values for heat in heats if heat.values is not None], axis=0)
    return [replace(heats[0], values=values, limit=float(np.abs(values).max()))]


def cameras(image: Explained, place: int) -> list[Heat]:
    """Grad-CAM of each deep block."""
    small = shrunk(image.plane, SIDE)
    heats = []
    for kind in (kind for kind in image.maps if kind not in image.keypoints):
        method, _, block = kind.partition(" ")
        raw = image.maps[kind][place]
        values = map_in_image(raw, small.shape)
        note = " × ".join(map(str, raw.shape)) + " cells" if raw.any() else "zero everywhere"
        for network in (DEEP, PIXELS):
            note = weightless(network) if network in image.weightless else note
        name, unit = f"{CAMERAS[method]} {block}".strip(), f"{CAMERAS[method]}, raw"
        heats.append(Heat(name, unit, False, float(values.max()), values, note))
    return heats


def _missing(name: str, why: str) -> Heat:
    return Heat(name, "", False, 0.0, None, reason=why)


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value, 2)


def outcome(decision: Decision) -> str:
    """Probability, threshold, decision, and the entry of the label table."""
    probability = f"Calibrated probability {number(decision.probability)}"
    known = "" if decision.truth is None else TABLE[decision.truth]
    if decision.threshold is None and decision.present is not None:
        return f"{probability}: {'' if decision.present else 'not '}the most probable class{known}"
    if decision.threshold is None:
        return f"{probability}: not decided, no validation image sets a threshold{known}"
    called = "called present" if decision.present else "not called present"
    return f"{probability}, threshold {number(decision.threshold)}: {called}{known}"
