"""Run an ONNX network fast: batches of one fixed shape, on a GPU where ONNX Runtime has one.

This file alone imports ONNX Runtime, which is optional and takes a second to import.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from datasets import sources
from errors import InvalidOption, WeightsUnavailable, first_line
from features.onnx_files import check_external

try:
    import onnxruntime  # type: ignore[import-untyped]
except ImportError as error:
    raise InvalidOption(
        "ONNX networks need ONNX Runtime; it is not installed. Type pip install onnxruntime, or"
        " pip install onnxruntime-gpu for a GPU."
    ) from error

# Faster on a CPU than larger batches, whose feature maps leave its caches.
LARGEST_CPU_BATCH = 4
# ONNX Runtime's types of an input, and those of NumPy.
TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
# Without it a GPU computes float32 networks in 10 bits of mantissa.
EXACT = {"use_tf32": "0"}
ERRORS_ALONE = 4
# What ONNX Runtime puts before the reason of an error.
PREFIX = "failed:"


@dataclass(frozen=True)
class Input:
    """How a network takes images; `size` and `batch` are None where it takes any."""

    name: str
    dtype: type
    channels: int
    channels_first: bool
    size: int | None
    batch: int | None


class OnnxEngine:
    """An ONNX network: pixels by table, in batches, to one of its outputs."""

    def __init__(self, path: Path, n_jobs: int = 0) -> None:
        self.path = path
        self.session = _opened(path, n_jobs)
        self.on_gpu = CUDA in self.session.get_providers()
        self.input = _input(path, self.session.get_inputs())
        self.outputs = [each.name for each in self.session.get_outputs()]

    def batch_size(self, wanted: int) -> int:
        """The number of images that the network takes at a time."""
        return self.input.batch or (wanted if self.on_gpu else min(wanted, LARGEST_CPU_BATCH))

    def __call__(
        self, images: np.ndarray, table: np.ndarray, output: str, wanted: int
    ) -> np.ndarray:
        """An output (n, ...) float32 for images (n, s, s) uint8, whose pixels become
        table (256, channels).

        Every batch is padded to the same number of images, so that features do not depend on it.
        """
        size = self.batch_size(wanted)
        rows = []
        for start in range(0, len(images), size):
            batch = images[start : start + size]
            padded = np.zeros((size, *batch.shape[1:]), np.uint8)
            padded[: len(batch)] = batch
            rows.append(self._run(self._pixels(padded, table), output)[: len(batch)])
        return np.concatenate(rows).astype(np.float32, copy=False)

    def _pixels(self, images: np.ndarray, table: np.ndarray) -> np.ndarray:
        values: np.ndarray = table.astype(self.input.dtype)
        if not self.input.channels_first:
            return values[images]
        return np.stack([column[images] for column in values.T], axis=1)

    def _run(self, pixels: np.ndarray, output: str) -> np.ndarray:
        try:
            return np.asarray(self.session.run([output], {self.input.name: pixels})[0])
        # Its errors have no ancestor but Exception.
        except Exception as error:
            raise WeightsUnavailable(
                f"{self.path} must take images of shape {pixels.shape}; it does not:"
                f" {_reason(error)}. Choose another --image-size, or export it again."
            ) from error


def _opened(path: Path, n_jobs: int) -> Any:
    check_external(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = sources.cores(n_jobs)
    options.log_severity_level = ERRORS_ALONE
    # Threads that wait by spinning take the cores from those that decode images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    present = onnxruntime.get_available_providers()
    providers = [(CUDA, EXACT)] * (CUDA in present) + [(CPU, {})]
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    # Its errors have no ancestor but Exception.
    except Exception as error:
        raise WeightsUnavailable(
            f"{path} must be an ONNX network that ONNX Runtime {onnxruntime.__version__} can run;"
            f" {_reason(error)}. Export it again with standard operators, or update onnxruntime."
        ) from error


def _input(path: Path, inputs: list[Any]) -> Input:
    """The one input (n, 3 or 1, h, w) or (n, h, w, 3 or 1) of a network."""
    shapes = [each.shape for each in inputs]
    if len(inputs) != 1 or inputs[0].type not in TYPES or len(shapes[0]) != 4:
        found = ", ".join(f"{each.name} {each.type} {each.shape}" for each in inputs)
        raise WeightsUnavailable(
            f"{path} must take one batch of images, (n, 3, h, w) or (n, h, w, 3); it takes {found}."
            " Export the part that takes images alone."
        )
    (shape,) = shapes
    channels_first = shape[1] in (1, 3)
    if not channels_first and shape[3] not in (1, 3):
        raise WeightsUnavailable(
            f"{path} must take images of 1 or 3 channels; it takes {shape}. Export it with a fixed"
            " number of channels."
        )
    sides = shape[2:] if channels_first else shape[1:3]
    fixed = {side for side in sides if isinstance(side, int) and side > 0}
    if len(fixed) > 1:
        raise WeightsUnavailable(
            f"{path} must take square images; it takes {sides[0]} x {sides[1]} pixels. Export it"
            " for square ones."
        )
    batch = shape[0] if isinstance(shape[0], int) and shape[0] > 0 else None
    channels = shape[1] if channels_first else shape[3]
    kind = TYPES[inputs[0].type]
    return Input(inputs[0].name, kind, channels, channels_first, next(iter(fixed), None), batch)


def _reason(error: Exception) -> str:
    """The end of a message of ONNX Runtime, which names the reason."""
    return first_line(error).rpartition(PREFIX)[2].strip()
