"""DenseNet121: 1,024 numbers per image."""

from features.backbone import Backbone

__all__ = ["DenseNet121"]


class DenseNet121(Backbone):
    """DenseNet-121, the network of CheXNet: 1,024 numbers per image."""

    version = 1
    application = "DenseNet121"
    module = "densenet"
    imagenet_file = "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
    n_layers = 426
