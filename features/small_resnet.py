"""A residual network small enough to be trained from scratch on a few cores."""

from errors import WeightsUnavailable
from features.runtime import keras

layers = keras.layers

WIDTHS = (16, 32, 64, 128)
GROUPS = 8


def small_resnet(
    *, include_top: bool, weights: str | None, input_shape: tuple[int, int, int]
) -> keras.Model:
    """RGB from 0 to 255 (n, size, size, 3) to a feature map (n, size / 32, size / 32, 128).

    Norms are over groups of channels of one image, so that batches may be small. The arguments are
    those of keras.applications.
    """
    if weights is not None:
        raise WeightsUnavailable(
            f"small_resnet was never trained on ImageNet; got weights={weights!r}."
        )
    pixels = keras.Input(input_shape)
    scaled = layers.Rescaling(1 / 127.5, offset=-1.0)(pixels)
    map_ = layers.MaxPooling2D()(_convolved(scaled, WIDTHS[0], strides=2, name="stem"))
    for stage, width in enumerate(WIDTHS):
        map_ = _residual(map_, width, strides=2 if stage else 1, name=f"stage{stage}")
    return keras.Model(pixels, map_, name="small_resnet")


def _residual(map_: keras.KerasTensor, width: int, strides: int, name: str) -> keras.KerasTensor:
    """Two convolutions with a shortcut."""
    inner = _convolved(map_, width, strides, f"{name}_first")
    inner = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"{name}_second")(inner)
    inner = layers.GroupNormalization(GROUPS, name=f"{name}_norm")(inner)
    if strides > 1:
        map_ = layers.Conv2D(width, 1, strides=strides, name=f"{name}_around")(map_)
    return layers.ReLU()(layers.Add()([map_, inner]))


def _convolved(map_: keras.KerasTensor, width: int, strides: int, name: str) -> keras.KerasTensor:
    convolution = layers.Conv2D(
        width, 3, strides=strides, padding="same", use_bias=False, name=f"{name}_convolution"
    )
    norm = layers.GroupNormalization(GROUPS, name=f"{name}_norm")
    return layers.ReLU()(norm(convolution(map_)))
