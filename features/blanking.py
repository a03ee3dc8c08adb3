"""Films with regions taken away."""

import cv2
import numpy as np

# Of the blur that stands in for a region, as a share of the film's longer side: a rib or a nodule
# is gone, while the region stays as bright as its surroundings.
BLUR = 1 / 12


def blanked(plane: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """The plane (h, w) uint8 once for each region (r, h, w) bool, which its own blur replaces."""
    blurred = cv2.GaussianBlur(plane, (0, 0), BLUR * max(plane.shape))
    return np.where(regions, blurred, plane)
