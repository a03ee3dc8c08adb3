"""A small residual network to train from scratch: 128 numbers per image."""

from typing import TYPE_CHECKING

from features.backbone import Backbone

if TYPE_CHECKING:
    from features.runtime import tf
    from features.weights import Application

__all__ = ["SmallResNet"]


class SmallResNet(Backbone):
    """Small residual network to train from scratch: 128 numbers per image."""

    version = 1
    # This file does not exist, because the network was never trained on ImageNet.
    imagenet_file = "small_resnet_notop.h5"
    n_layers = 36

    def architecture(self) -> "Application":
        """The function that builds the network without weights."""
        from features.small_resnet import small_resnet

        return small_resnet

    def normalise(self, pixels: "tf.Tensor") -> "tf.Tensor":
        """The pixels unchanged, because the network scales RGB from 0 to 255 itself."""
        return pixels
