import numpy as np
import pytest

from features.extractors.gabor import Gabor


def waves(wavelength, turn, side=128):
    """A plane wave of grey levels, which changes along the direction `turn`."""
    down, across = np.indices((side, side))
    along = across * np.cos(turn) + down * np.sin(turn)
    return np.uint8(128 + 100 * np.cos(2 * np.pi * along / wavelength))


def energies(image):
    """Mean energies by scale and orientation."""
    return Gabor().describe(image).values.mean(axis=0).reshape(4, 8)


@pytest.mark.parametrize(("scale", "wavelength"), [(0, 4), (1, 8), (2, 16)])
@pytest.mark.parametrize("orientation", [0, 2, 5])
def test_a_wave_excites_the_filter_of_its_length_and_direction(scale, wavelength, orientation):
    found = energies(waves(wavelength, orientation * np.pi / 8))
    assert np.unravel_index(found.argmax(), found.shape) == (scale, orientation)


def test_even_brightness_excites_little():
    assert energies(np.full((128, 128), 200, np.uint8)).max() < 0.1 * energies(waves(4, 0)).max()


def test_energy_stays_in_the_cell_of_a_texture():
    image = np.full((128, 128), 128, np.uint8)
    image[36:60, 68:92] = waves(4, 0)[36:60, 68:92]
    finest = Gabor().describe(image).values[:, 0]
    assert finest.argmax() == 4 * 1 + 2
