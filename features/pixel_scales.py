"""What networks from elsewhere take for grey pixels from 0 to 255."""

import numpy as np

from errors import InvalidOption

# Of RGB from 0 to 1, as torchvision, timm and Hugging Face have them.
MEANS, DEVIATIONS = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
# Channels of a network by their name.
CHANNELS = {"rgb": 3, "bgr": 3, "grey": 1}
LARGEST = 1024


def imagenet(grey: np.ndarray) -> np.ndarray:
    """From 0 to 1, less ImageNet's means of RGB, over its deviations: torchvision, timm."""
    return (grey / 255 - MEANS) / DEVIATIONS


def unit(grey: np.ndarray) -> np.ndarray:
    """From 0 to 1."""
    return grey / 255


def minus1to1(grey: np.ndarray) -> np.ndarray:
    """From -1 to 1."""
    return grey / 127.5 - 1


def torchxrayvision(grey: np.ndarray) -> np.ndarray:
    """From -1024 to 1024, as torchxrayvision takes them."""
    return (2 * grey / 255 - 1) * LARGEST


def raw(grey: np.ndarray) -> np.ndarray:
    """From 0 to 255, for networks that scale pixels themselves."""
    return grey


SCALES = {
    "imagenet": imagenet,
    "unit": unit,
    "minus1to1": minus1to1,
    "torchxrayvision": torchxrayvision,
    "raw": raw,
}


def table(scale: str, channels: str) -> np.ndarray:
    """What a network takes for each grey value, (256, channels) float64."""
    values = SCALES[scale](np.arange(256.0)[:, None])
    if values.shape[1] > CHANNELS[channels]:
        raise InvalidOption(
            f"scale={scale} is for networks of three channels; got channels={channels}. Choose"
            " another scale."
        )
    every = np.repeat(values, CHANNELS[channels], axis=1) if values.shape[1] == 1 else values
    return every[:, ::-1] if channels == "bgr" else every
