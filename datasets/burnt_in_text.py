"""Letters and other small bright marks near the edges of an image, found by their contrast.

Side markers, notes of technicians and lead letters are brighter than anything of their size in a
chest. This finds most of them and some bright edges of bones too; it reads nothing.
"""

import cv2
import numpy as np

# In longer sides of the image: the largest letter, the gap within a text, a margin around it.
LARGEST, GAP, MARGIN = 0.06, 0.015, 0.01
SMALLEST, WIDEST = 0.01, 0.35
# Grey levels, of 255, above the surroundings and above black.
CONTRAST, BRIGHT = 70, 150
# Marks have their middle in this outer part of the image's height or width.
OUTER = 0.22
MEASURED_SIDE = 512


def text_boxes(plane: np.ndarray) -> np.ndarray:
    """Boxes (b, 4) of marks in a grey plane (h, w) uint8, in fractions of the image."""
    scale = min(1.0, MEASURED_SIDE / max(plane.shape))
    small = cv2.resize(plane, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    longer = max(small.shape)
    stands_out = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, _square(LARGEST * longer)) > CONTRAST
    marks = (stands_out & (small > BRIGHT)).astype(np.uint8)
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, _square(GAP * longer))
    _, _, found, _ = cv2.connectedComponentsWithStats(joined)
    # The first component is the background.
    boxes = found[1:, :4].astype(float)
    kept = boxes[_are_marks(boxes / longer) & _are_outside(boxes, small.shape)]
    return _in_fractions(kept, MARGIN * longer, small.shape)


def _square(side: float) -> np.ndarray:
    return np.ones((max(3, round(side)),) * 2, np.uint8)


def _are_marks(boxes: np.ndarray) -> np.ndarray:
    """Whether boxes (b, 4) in longer sides have the height and width of a text."""
    width, height = boxes[:, 2], boxes[:, 3]
    tall = (height >= SMALLEST) & (height <= 2 * LARGEST)
    return tall & (width >= SMALLEST / 3) & (width <= WIDEST)


def _are_outside(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    middle = (boxes[:, :2] + boxes[:, 2:] / 2) / (width, height)
    return np.asarray((np.minimum(middle, 1 - middle) < OUTER).any(axis=1))


def _in_fractions(boxes: np.ndarray, margin: float, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    first = np.maximum(boxes[:, :2] - margin, 0) / (width, height)
    last = np.minimum((boxes[:, :2] + boxes[:, 2:] + margin) / (width, height), 1)
    return np.hstack([first, last - first])
