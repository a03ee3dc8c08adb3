"""A letter or text burnt into a corner."""

import cv2
import numpy as np

from datasets.image_change import WHITE, Acquisition

__all__ = ["Marker"]

TEXTS = ("L", "R", "AP", "PORTABLE")
FONT = cv2.FONT_HERSHEY_SIMPLEX
# In heights of the text: how thick its lines are, and how far it is from the edges.
THICKNESS, MARGIN = 0.12, 0.3


class Marker(Acquisition):
    """White text in a random corner."""

    amounts = (0.03, 0.05, 0.07, 0.09, 0.12)
    unit = "height of the text as a share of the longer side"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A side marker or a note of the technician."""
        text, right, low = TEXTS[rng.integers(len(TEXTS))], *(rng.random(2) < 0.5)
        tall = max(4, round(self.amount * max(plane.shape)))
        thick, margin = max(1, round(THICKNESS * tall)), round(MARGIN * tall)
        scale = cv2.getFontScaleFromHeight(FONT, tall, thick)
        (width, height), _ = cv2.getTextSize(text, FONT, scale, thick)
        left = plane.shape[1] - margin - width if right else margin
        bottom = plane.shape[0] - margin if low else margin + height
        return cv2.putText(plane.copy(), text, (left, bottom), FONT, scale, WHITE, thick)
