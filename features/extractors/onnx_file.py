"""Any network in an ONNX file, as PyTorch, timm, Hugging Face or Keras export it."""

from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

import checks
from errors import InvalidOption
from features.backbone import KEYWORDS
from features.onnx_files import external_files, read_sidecar, sidecar_of
from features.pixel_scales import CHANNELS, SCALES, table
from features.preprocessing import Image, Preprocessing, several
from features.weight_files import digest_of_file

if TYPE_CHECKING:
    from features.onnx_engine import OnnxEngine

__all__ = ["OnnxFile"]

POOLS = ("mean", "cls", "flatten")
# What the file beside a network may say, each with an example.
EXAMPLES = {"scale": "imagenet", "channels": "rgb", "output": "features", "pool": "mean"}
SIZE = {"image_size": 224}


class OnnxFile(TransformerMixin, BaseEstimator):
    """Your own network from an ONNX file; an option left out is that of the JSON next to it."""

    version = 1
    learns = False
    bytes_per_number = 4
    libraries = ("onnxruntime",)
    # `content` and the preprocessing in a recipe cover all options.
    neutral = (
        *("weights", "image_size", "scale", "channels", "output", "pool"),
        *("precision", "batch_size", "n_jobs"),
    )

    def __init__(
        self,
        *,
        weights: str = "auto",
        image_size: int | None = None,
        scale: str = "",
        channels: str = "",
        output: str = "",
        pool: str = "",
        precision: str = "auto",
        batch_size: int = 32,
        n_jobs: int = 0,
    ) -> None:
        self.weights = weights
        self.image_size = image_size
        self.scale = scale
        self.channels = channels
        self.output = output
        self.pool = pool
        self.precision = precision
        self.batch_size = batch_size
        self.n_jobs = n_jobs

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to an image before the network sees it."""
        return Preprocessing(image_size=self._size(), equalise=False)

    def content(self) -> dict[str, str]:
        """What the features depend on besides version and preprocessing."""
        if self.precision != "auto":
            raise InvalidOption(
                f"An ONNX network has the precision of its file; got {self.precision!r}. Leave"
                " --precision out, or give it to another network by --set NAME.precision=…"
            )
        path = self._path()
        # The files next to it count too, and their absence is reported first.
        engine, chosen = self.engine, self._chosen
        others = "".join(map(digest_of_file, external_files(engine.path)))
        return {"weights": digest_of_file(path), "external": others, **chosen}

    @cached_property
    def engine(self) -> "OnnxEngine":
        """The network, ready to run."""
        from features.onnx_engine import OnnxEngine

        return OnnxEngine(self._path(), self.n_jobs)

    @property
    def images_at_once(self) -> int:
        """The number of images that the network takes at a time."""
        return self.engine.batch_size(self.batch_size)

    @cached_property
    def width(self) -> int:
        """Numbers per image."""
        size = self._size()
        return self.transform_images(np.zeros((1, size, size), np.uint8)).shape[1]

    def fit(self, planes: object = None, y: object = None) -> Self:
        """The extractor unchanged, because a pretrained network does not learn here."""
        return self

    def transform(self, planes: Iterable[Image]) -> np.ndarray:
        """Features (n, width) float32 of files, or of grey planes (h, w) uint8 of any size."""
        images = map(self.preprocessing, several(planes))
        rows = [np.empty((0, self.width), np.float32)]
        while batch := list(islice(images, self.images_at_once)):
            rows.append(self.transform_images(np.stack(batch)))
        return np.concatenate(rows)

    def transform_images(self, images: np.ndarray) -> np.ndarray:
        """Features (n, width) float32 of preprocessed images (n, size, size) uint8."""
        chosen = self._chosen
        values = self.engine(images, self._table, chosen["output"], self.batch_size)
        return pooled(values, chosen["pool"], self.engine.input.channels_first)

    def set_params(self, **params: Any) -> Self:
        """Set parameters; the network is opened again when it is next needed."""
        for cached in vars(self).keys() - self.get_params().keys():
            del self.__dict__[cached]
        return super().set_params(**params)

    @cached_property
    def _table(self) -> np.ndarray:
        return table(self._chosen["scale"], self._chosen["channels"])

    @cached_property
    def _beside(self) -> dict[str, Any]:
        return read_sidecar(self._path(), EXAMPLES | SIZE)

    @cached_property
    def _chosen(self) -> dict[str, str]:
        """How the network takes images and what becomes its features, by option or JSON file."""
        path = self._path()
        beside = self._beside
        given = {name: getattr(self, name) or beside.get(name, "") for name in EXAMPLES}
        if not given["scale"]:
            raise InvalidOption(
                f"How {path} scales pixels must be known; neither an option nor"
                f" {sidecar_of(path)} says so. Choose one: --set onnx_file.scale="
                f"{'|'.join(SCALES)}."
            )
        checks.one_of("scale", given["scale"], SCALES)
        if self.engine.input.dtype is np.uint8 and given["scale"] != "raw":
            raise InvalidOption(
                f"{path} takes whole numbers from 0 to 255; got scale={given['scale']}. Type --set"
                " onnx_file.scale=raw."
            )
        count = self.engine.input.channels
        channels = given["channels"] or ("rgb" if count == 3 else "grey")
        checks.one_of("channels", channels, CHANNELS)
        if CHANNELS[channels] != count:
            raise InvalidOption(
                f"channels must be those of {path}, which takes {count}; got {channels!r}. Leave it"
                " out."
            )
        pool = given["pool"] or POOLS[0]
        checks.one_of("pool", pool, POOLS)
        return given | {"channels": channels, "output": self._output(given["output"]), "pool": pool}

    def _output(self, asked: str) -> str:
        """The output to use: the one named, or the only one."""
        names = self.engine.outputs
        if asked not in names and (asked or len(names) > 1):
            raise InvalidOption(
                f"output must be one of {', '.join(names)}, those of {self.weights}; got {asked!r}."
                f" Type --set onnx_file.output={names[0]}."
            )
        return asked or names[0]

    def _path(self) -> Path:
        if self.weights in KEYWORDS:
            raise InvalidOption(
                f"onnx_file needs a network in an .onnx file; got weights {self.weights!r}. Add"
                " --weights FILE.onnx."
            )
        return Path(self.weights)

    def _size(self) -> int:
        fixed, beside = self.engine.input.size, self._beside.get("image_size")
        if fixed and self.image_size not in (None, fixed):
            raise InvalidOption(
                f"The network in {self.weights} takes images of {fixed} pixels per side; got"
                f" {self.image_size}. Leave --image-size out."
            )
        size: int | None = fixed or self.image_size or beside
        if not size:
            raise InvalidOption(
                f"The network in {self.weights} takes images of any size; none is given. Type"
                " --image-size 224, or the size that it was trained with."
            )
        return size


def pooled(values: np.ndarray, pool: str, channels_first: bool) -> np.ndarray:
    """Features (n, width) of an output (n, width), (n, tokens, width) or of a feature map."""
    if values.ndim == 4:
        tokens = values.reshape(*values.shape[:2], -1).swapaxes(1, 2)
        values = tokens if channels_first else values.reshape(len(values), -1, values.shape[3])
        wanted = [name for name in POOLS if name != "cls"]
    else:
        wanted = [*POOLS] if values.ndim == 3 else [POOLS[0]]
    if pool not in wanted or values.ndim not in (2, 3):
        raise InvalidOption(
            f"pool={pool} does not suit an output of {values.shape[1:]} for each image. Choose"
            f" {' or '.join(wanted)}, or another output."
        )
    if values.ndim == 2:
        return values
    ways = {"mean": values.mean(axis=1), "cls": values[:, 0]}
    return ways.get(pool, values.reshape(len(values), -1))
