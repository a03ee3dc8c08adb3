"""Tiny ONNX networks for tests, built without any training framework."""

import numpy as np
from onnx import TensorProto, helper, save

FLOAT = TensorProto.FLOAT
WEIGHTS = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)


def saved(path, shape=("n", 3, 8, 8), nodes=None, outputs=None, kind=FLOAT, **where):
    """A file with a convolution of WEIGHTS over images, or with other nodes; its path."""
    inputs = [helper.make_tensor_value_info("pixels", kind, shape)]
    outputs = outputs or {"maps": ("n", 4, None, None)}
    nodes = nodes or [helper.make_node("Conv", ["pixels", "weights"], ["maps"])]
    made = [helper.make_tensor_value_info(name, FLOAT, each) for name, each in outputs.items()]
    kept = helper.make_tensor("weights", FLOAT, WEIGHTS.shape, WEIGHTS.tobytes(), raw=True)
    graph = helper.make_graph(nodes, "tiny", inputs, made, [kept])
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("elsewhere", 1)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=9), path, **where)
    return path


def node(kind, *names, **attributes):
    """A node from names of its inputs to its output, the last of the names."""
    return helper.make_node(kind, [*names[:-1]], [names[-1]], **attributes)


def convolved(pixels):
    """The mean over places of what `saved` computes of pixels (n, 3, s, s), (n, 4)."""
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (3, 3), axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, WEIGHTS).mean(axis=(2, 3))
