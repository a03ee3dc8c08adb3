"""EfficientNetB3: 1,536 numbers per image."""

from features.efficientnet import EfficientNet

__all__ = ["EfficientNetB3"]


class EfficientNetB3(EfficientNet):
    """EfficientNet-B3: 1,536 numbers per image of 300 x 300 pixels."""

    version = 1
    application = "EfficientNetB3"
    imagenet_file = "efficientnetb3_notop.h5"
    n_layers = 383
    own_size = 300
