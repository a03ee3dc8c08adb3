"""SIFT on a regular grid by a filter bank, whose cost does not grow with the size of cells."""

import cv2
import numpy as np

from features.local_descriptors import LocalDescriptors, root_sift

ORIENTATIONS = 8
CELLS = 4
CLIP = 0.2  # as in Lowe's SIFT, so that one strong edge does not dominate

# Lowe's Gaussian window over the patch, at the centres of its cells.
_ALONG = np.exp(-((np.arange(CELLS) - (CELLS - 1) / 2) ** 2) / (CELLS**2 / 2))
WINDOW = np.outer(_ALONG, _ALONG)[:, :, None].astype(np.float32)


def dense_sift(image: np.ndarray, step: int, bin_sizes: tuple[int, ...]) -> LocalDescriptors:
    """Upright RootSIFT of an image (s, s) uint8 every `step` pixels, for cells of each size."""
    planes = orientation_planes(image)
    grids = [_on_grid(planes, step, bin_size) for bin_size in bin_sizes]
    values, points, sizes = (np.concatenate(parts) for parts in zip(*grids, strict=True))
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    seen = lengths[:, 0] > 0
    clipped = np.minimum(values[seen] / lengths[seen], CLIP)
    side = np.float32(len(image))
    return LocalDescriptors(
        root_sift(clipped),
        points[seen] / side,
        sizes[seen] / side,
        np.zeros(seen.sum(), np.float32),
    )


def orientation_planes(image: np.ndarray) -> np.ndarray:
    """Gradient strength (8, s, s) float32 of an image, split between neighbouring directions."""
    across, down = (cv2.Sobel(image, cv2.CV_32F, *order, ksize=1) for order in ((1, 0), (0, 1)))
    # SIFT of OpenCV measures angles with y upwards.
    strength, angle = cv2.cartToPolar(across, -down)
    turn = angle * np.float32(ORIENTATIONS / (2 * np.pi))
    lower = turn.astype(np.intp)
    upper_share = strength * (turn - lower)
    planes = np.zeros((ORIENTATIONS + 2, *image.shape), np.float32)
    np.put_along_axis(planes, lower[None], (strength - upper_share)[None], axis=0)
    np.put_along_axis(planes, lower[None] + 1, upper_share[None], axis=0)
    # Directions wrap around; rounding may reach one beyond the last.
    planes[:2] += planes[ORIENTATIONS:]
    return planes[:ORIENTATIONS]


def _on_grid(
    planes: np.ndarray, step: int, bin_size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw descriptors (n, 128), their centres (n, 2) and diameters (n,) in pixels."""
    ramp = np.arange(1, bin_size + 1, dtype=np.float32)
    triangle = np.concatenate([ramp, ramp[-2::-1]]) / bin_size
    smooth = np.stack([cv2.sepFilter2D(plane, -1, triangle, triangle) for plane in planes])
    patch = CELLS * bin_size
    corners = np.arange(0, planes.shape[1] - patch + 1, step)
    cells = corners[:, None] + bin_size // 2 + bin_size * np.arange(CELLS)
    # (8, rows, 4, columns, 4) to (rows, columns, 4, 4, 8), the order of Lowe's descriptor
    sampled = smooth[:, cells[:, :, None, None], cells].transpose(1, 3, 2, 4, 0) * WINDOW
    y, x = np.meshgrid(corners, corners, indexing="ij")
    centres = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32) + patch / 2
    width = CELLS * CELLS * ORIENTATIONS
    return sampled.reshape(-1, width), centres, np.full(len(centres), patch, np.float32)
