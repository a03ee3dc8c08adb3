"""The old module of `Predictor`, kept for programs that import it from here."""

import warnings

from inference.predictor import Predictor

__all__ = ["Predictor"]

warnings.warn(
    "pipelines.predictor has moved; use `from inference.predictor import Predictor`.",
    DeprecationWarning,
    stacklevel=2,
)
