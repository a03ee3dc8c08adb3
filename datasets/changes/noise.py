"""Quantum noise of a lower dose."""

import numpy as np

from datasets.image_change import WHITE, Acquisition

__all__ = ["Noise"]

# White lets exp(-3), 5 % of the photons through that black does.
ATTENUATION = 3.0
SIDE = 512


class Noise(Acquisition):
    """Photons counted at random: noise is stronger in dense regions, which few photons pass.

    The dose is per area, so that images of any size become equally noisy when made smaller.
    """

    amounts = (2000, 800, 300, 120, 50)
    unit = "photons in a black pixel of an image of 512 pixels"

    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Grey levels are logarithms of photons; counts are nearly normal at these doses."""
        photons = self.amount * (SIDE / max(plane.shape)) ** 2
        passed = photons * np.exp(-ATTENUATION / WHITE * np.arange(WHITE + 1))
        spread = (WHITE / ATTENUATION / np.sqrt(passed)).astype(np.float32)
        noise = rng.standard_normal(plane.shape, np.float32)
        noise *= spread[plane]
        noise += plane
        return np.rint(np.clip(noise, 0, WHITE, out=noise), out=noise).astype(np.uint8)
