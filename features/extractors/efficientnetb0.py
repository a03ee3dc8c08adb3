"""EfficientNetB0: 1,280 numbers per image."""

from features.efficientnet import EfficientNet

__all__ = ["EfficientNetB0"]


class EfficientNetB0(EfficientNet):
    """EfficientNet-B0, small and fast: 1,280 numbers per image."""

    version = 1
    application = "EfficientNetB0"
    imagenet_file = "efficientnetb0_notop.h5"
    n_layers = 236
    gain = 1.1
