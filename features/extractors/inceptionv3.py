"""InceptionV3: 2,048 numbers per image."""

from features.backbone import Backbone

__all__ = ["InceptionV3"]


class InceptionV3(Backbone):
    """Inception-v3: 2,048 numbers per image of 299 x 299 pixels."""

    version = 1
    application = "InceptionV3"
    module = "inception_v3"
    imagenet_file = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
    n_layers = 310
    own_size = 299
    smallest_size = 75
