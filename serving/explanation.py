"""An explanation for REST: decision, image, keypoints and evidence maps as 8-bit PNGs."""

import base64
from collections.abc import Iterator
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from inference.explained import Explained
from models import views
from reports import explanation_pictures
from reports.plots.overlays import Heat
from reports.wording import no_place
from serving.schemas import EvidenceMap, Explanation, Keypoint, ShownImage

# Radiographs have more pixels than screens.
LONGEST = 2048
CAMERA, WORDS = "gradcam", "words"
IMAGE_EVIDENCE, WORD_EVIDENCE = "image evidence (Grad-CAM)", "visual-word evidence"
NO_WORDS = "This model does not use visual words."
NO_KEYPOINTS = "No keypoints were found in this image, so it has no visual words to show."
WORDS_SILENT = "Visual words neither raise nor lower the score of {} in this image."
WORDS_WEIGHTLESS = "Visual words have weight 0 in this model."
CAMERA_SILENT = "Grad-CAM is zero everywhere: no region of this image raises the score of {}."


def explanation(image: Explained, no_camera: str, with_image: bool) -> Explanation:
    """The explanation of an image's single decision."""
    (decision,) = image.decisions
    return Explanation(
        label=decision.label,
        probability=decision.probability,
        raw_probability=decision.raw_probability,
        threshold=decision.threshold,
        present=decision.present,
        warnings=list(image.warnings),
        image=_image(image.plane) if with_image else None,
        keypoints=list(_keypoints(image)),
        keypoints_found=_count(image),
        maps=[*_cameras(image, no_camera), *_words(image)],
    )


def _image(plane: np.ndarray) -> ShownImage:
    height, width = plane.shape
    scale = min(1, LONGEST / max(plane.shape))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return ShownImage(width=width, height=height, png=_png(plane))


def _keypoints(image: Explained) -> Iterator[Keypoint]:
    """The keypoints drawn for the decision, in fractions of the image."""
    keypoints, _ = explanation_pictures.keypoints(image, 0)
    height, width = image.plane.shape
    side = max(height, width)
    points = (keypoints.points * side - np.array([side - width, side - height]) / 2) / (
        width,
        height,
    )
    for (x, y), size in zip(points.tolist(), keypoints.sizes.tolist(), strict=True):
        yield Keypoint(x=x, y=y, size=size)


def _count(image: Explained) -> int:
    """The number of keypoints in the image, of which some are drawn."""
    return (
        len(image.keypoints[explanation_pictures.keypoints_shown(image)]) if image.keypoints else 0
    )


def _cameras(image: Explained, no_camera: str) -> Iterator[EvidenceMap]:
    heats = explanation_pictures.cameras(image, 0)
    if not heats:
        yield _missing(CAMERA, IMAGE_EVIDENCE, f"{no_camera}.")
    kinds = [kind for kind in image.maps if kind not in image.keypoints]
    for kind, heat in zip(kinds, heats, strict=True):
        title = IMAGE_EVIDENCE + _which(kind.partition(" ")[2], len(heats))
        yield _map(kind, title, heat, None, CAMERA_SILENT.format(image.decisions[0].label))


def _words(image: Explained) -> Iterator[EvidenceMap]:
    if not image.keypoints and not image.placeless:
        yield _missing(WORDS, WORD_EVIDENCE, NO_WORDS)
    for name in image.placeless:
        yield _missing(name, f"{WORD_EVIDENCE}, {name}", f"{no_place(name)}.")
    (decision,) = image.decisions
    for heat in explanation_pictures.words(image, 0):
        title = WORD_EVIDENCE + _which(heat.name, len(image.keypoints))
        silent = WORDS_SILENT.format(decision.label)
        if views.WORDS in image.weightless:
            silent = WORDS_WEIGHTLESS
        reason = silent if len(image.keypoints[heat.name]) else NO_KEYPOINTS
        yield _map(heat.name, title, heat, decision.attribution[heat.name], reason)


def _which(name: str, count: int) -> str:
    """The end of a title that distinguishes several maps of one kind."""
    return f", {name}" if count > 1 else ""


def _missing(kind: str, title: str, reason: str) -> EvidenceMap:
    return _map(kind, title, Heat("", "", False, 0.0, None), None, reason)


def _map(kind: str, title: str, heat: Heat, total: float | None, reason: str) -> EvidenceMap:
    """A map in 8 bits; for an empty map only the reason."""
    empty = heat.values is None or not heat.values.any()
    step = heat.limit / (127 if heat.signed else 255)
    # Zero has its own grey value, so that no evidence does not look like a little.
    zero = 128 if heat.signed else 0
    levels = None if heat.values is None or empty else np.rint(heat.values / step) + zero
    return EvidenceMap(
        kind=kind,
        title=title,
        unit=heat.unit,
        signed=heat.signed,
        png=None if levels is None else _png(np.clip(levels, 0, 255).astype(np.uint8)),
        low=-zero * step,
        high=(255 - zero) * step,
        total=total,
        note=heat.note,
        empty=reason if empty else None,
    )


def _png(plane: np.ndarray) -> str:
    data = BytesIO()
    # Stronger compression takes longer than sending.
    Image.fromarray(plane).save(data, "PNG", compress_level=1)
    return base64.b64encode(data.getvalue()).decode()
