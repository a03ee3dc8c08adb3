"""JPEG compression."""

import cv2
import numpy as np

from datasets.image_change import Acquisition

__all__ = ["Jpeg"]


class Jpeg(Acquisition):
    """Compressed by JPEG and read again."""

    amounts = (50, 30, 15, 8, 4)
    unit = "JPEG quality from 1 to 100"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same size, with blocks of 8 pixels."""
        _, data = cv2.imencode(".jpg", plane, [cv2.IMWRITE_JPEG_QUALITY, int(self.amount)])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
