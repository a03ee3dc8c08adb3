"""A check of XGBoost files that may be forged, in a child process.

XGBoost trusts its files, and a forged one can end the process that loads it or walks its trees.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xgboost

import confined
from errors import BundleUnusable, WorkEnded

LENGTH = struct.Struct("<Q")
SECONDS, MEGABYTES = 60, 2_000
ROWS = 3


def try_boosters(files: Sequence[bytes]) -> None:
    """Refuse boosters (UBJSON) that a child process cannot load and use."""
    children = confined.Children()
    try:
        children.call(f"{__name__}:tried", b"".join(LENGTH.pack(len(f)) + f for f in files))
    except WorkEnded as reason:
        raise BundleUnusable(
            f"Boosters of a bundle must be as XGBoost wrote them; {reason}. Do not trust this"
            " bundle, or train again."
        ) from None
    finally:
        children.close()


def tried(data: bytes) -> bytes:
    """What the child does: load each booster, check its trees, and predict a few rows."""
    confined.allow(SECONDS, MEGABYTES)
    for file in _unpacked(data):
        booster = xgboost.Booster(model_file=bytearray(file))
        width = booster.num_features()
        contents = json.loads(booster.save_raw("json"))
        for tree in contents["learner"]["gradient_booster"]["model"]["trees"]:
            check_tree(tree, width)
        rows = np.random.default_rng(0).normal(size=(ROWS, width)).astype(np.float32)
        booster.inplace_predict(rows, predict_type="margin")
        booster.predict(xgboost.DMatrix(rows), pred_contribs=True)
    return b""


def _unpacked(data: bytes) -> Iterator[bytes]:
    while data:
        (length,) = LENGTH.unpack_from(data)
        yield data[LENGTH.size : LENGTH.size + length]
        data = data[LENGTH.size + length :]


def check_tree(tree: dict[str, Any], width: int) -> None:
    """Refuse a tree whose branches lead out of it or in a circle."""
    left, right, columns = (
        np.array(tree[name]) for name in ("left_children", "right_children", "split_indices")
    )
    waiting, seen = [0], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if not 0 <= node < len(left) == len(right) == len(columns) or seen > len(left):
            raise WorkEnded("a tree has branches that lead nowhere")
        if (left[node] == -1) != (right[node] == -1) or not 0 <= columns[node] < width:
            raise WorkEnded("a tree asks for a column that is not there")
        if left[node] != -1:
            waiting += [int(left[node]), int(right[node])]
