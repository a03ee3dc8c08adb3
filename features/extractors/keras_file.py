"""Any headless .keras model as its own backbone."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from errors import InvalidOption
from features.backbone import KEYWORDS, Backbone
from features.weight_files import digest_of_file, layers_in

if TYPE_CHECKING:
    from features.runtime import keras, tf

__all__ = ["KerasFile"]


class KerasFile(Backbone):
    """Your own headless network from a .keras file, which takes RGB from 0 to 255."""

    version = 1

    @cached_property
    def backbone(self) -> "keras.Model":
        """The network in the file without a final average pooling, which extraction adds."""
        from features import weights
        from features.runtime import keras

        model = weights.open_model(self._path())
        last = model.layers[-1]
        if isinstance(last, keras.layers.GlobalAveragePooling2D) and not last.keepdims:
            return keras.Model(model.inputs, last.input, name=model.name)
        return model

    def normalise(self, pixels: "tf.Tensor") -> "tf.Tensor":
        """The pixels unchanged, because the network scales RGB from 0 to 255 itself."""
        return pixels

    def _weights_content(self) -> str:
        return digest_of_file(self._path())

    def _path(self) -> Path:
        if self.weights in KEYWORDS:
            raise InvalidOption(
                "keras_file needs a model in a .keras file; got weights"
                f" {self.weights!r}. Add --weights FILE.keras."
            )
        return Path(self.weights)

    def _size(self) -> int:
        fixed = self._fixed_size
        if fixed and self.image_size not in (None, fixed):
            raise InvalidOption(
                f"The network in {self.weights} takes images of {fixed} pixels per side; got"
                f" {self.image_size}. Leave --image-size out."
            )
        return fixed or super()._size()

    @cached_property
    def _fixed_size(self) -> int | None:
        """The image size of the network, read without loading it if the file describes it."""
        shapes = [layer.get("config", {}).get("batch_shape") for layer in layers_in(self._path())]
        if shapes and shapes[0] and len(shapes[0]) == 4:
            return shapes[0][1]
        return self.backbone.input_shape[1]
