"""A small residual network to train from scratch: 128 numbers an image."""

from typing import TYPE_CHECKING

from features.backbone import Backbone

if TYPE_CHECKING:
    from features.runtime import tf
    from features.weights import Application

__all__ = ["SmallResNet"]


class SmallResNet(Backbone):
    """Small residual network to train from scratch: 128 numbers an image."""

    version = 1
    # No such file exists: nobody has trained it on ImageNet.
    imagenet_file = "small_resnet_notop.h5"
    n_layers = 36

    def architecture(self) -> "Application":
        """What builds the network without its weights."""
        from features.small_resnet import small_resnet

        return small_resnet

    def normalise(self, pixels: "tf.Tensor") -> "tf.Tensor":
        """Nothing: RGB from 0 to 255 is scaled inside the network."""
        return pixels
