"""ResNet50: 2,048 numbers per image."""

from features.backbone import Backbone

__all__ = ["ResNet50"]


class ResNet50(Backbone):
    """ResNet-50: 2,048 numbers per image."""

    version = 1
    application = "ResNet50"
    module = "resnet50"
    imagenet_file = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    n_layers = 174
    gain = 0.5
