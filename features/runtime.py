"""TensorFlow and Keras, imported once and without their banners, for all other modules."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from display import DISPLAY

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@contextmanager
def _silence() -> Iterator[None]:
    # C++ code writes its banner to descriptor 2 before it reads any setting.
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        with DISPLAY.writing_to(kept):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


with _silence():
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    # It warns of graphs that are traced again, which each training of a comparison is.
    tf.get_logger().setLevel("ERROR")
    for gpu in tf.config.list_physical_devices("GPU"):
        # XGBoost needs some of the same memory.
        tf.config.experimental.set_memory_growth(gpu, True)

__all__ = ["convert_variables_to_constants_v2", "keras", "tf"]
