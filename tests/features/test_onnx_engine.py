import sys

import numpy as np
import pytest

from errors import InvalidOption, WeightsUnavailable
from features.onnx_engine import OnnxEngine
from tests.features.onnx_networks import node, saved


def test_threads_are_as_many_as_asked_for(tmp_path):
    engine = OnnxEngine(saved(tmp_path / "net.onnx"), n_jobs=1)
    assert engine.session.get_session_options().intra_op_num_threads == 1


def test_a_processor_takes_small_batches(tmp_path):
    engine = OnnxEngine(saved(tmp_path / "net.onnx"))
    assert (engine.batch_size(3), engine.batch_size(64)) == (3, 4)


def test_half_precision_goes_in_and_full_precision_comes_out(tmp_path):
    nodes = [node("Cast", "pixels", "whole", to=1), node("Conv", "whole", "weights", "maps")]
    engine = OnnxEngine(saved(tmp_path / "half.onnx", nodes=nodes, kind=10))
    assert engine.input.dtype is np.float16
    table = np.repeat(np.arange(256.0)[:, None], 3, axis=1)
    assert engine(np.ones((1, 8, 8), np.uint8), table, "maps", 1).dtype == np.float32


@pytest.mark.parametrize("text", [b"", b"hello", b"\x08\x09"])
def test_a_file_that_is_no_network_is_refused(tmp_path, text):
    (tmp_path / "no.onnx").write_bytes(text)
    with pytest.raises(WeightsUnavailable, match=r"no\.onnx must be an ONNX network"):
        OnnxEngine(tmp_path / "no.onnx")


@pytest.mark.parametrize("domain", ["", "elsewhere"])
def test_an_unknown_operator_is_named(tmp_path, domain):
    path = saved(tmp_path / "op.onnx", nodes=[node("Fold", "pixels", "maps", domain=domain)])
    with pytest.raises(WeightsUnavailable, match=r"Fold.*Export it again with standard operators"):
        OnnxEngine(path)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (("n", 3, 8, 6), "square images; it takes 8 x 6"),
        (("n", 4, 8, 8), "images of 1 or 3 channels"),
        (("n", 192), "one batch of images"),
    ],
)
def test_a_network_that_takes_no_square_images_is_refused(tmp_path, shape, words):
    path = saved(tmp_path / "other.onnx", shape, [node("Neg", "pixels", "maps")], {"maps": None})
    with pytest.raises(WeightsUnavailable, match=words):
        OnnxEngine(path)


def test_a_size_that_the_network_cannot_take_is_one_sentence(tmp_path):
    engine = OnnxEngine(saved(tmp_path / "net.onnx", ("n", 3, "h", "w")))
    with pytest.raises(WeightsUnavailable, match="Choose another --image-size"):
        engine(np.ones((1, 2, 2), np.uint8), np.ones((256, 3)), "maps", 1)


def test_without_onnx_runtime_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "features.onnx_engine")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InvalidOption, match="pip install onnxruntime"):
        import features.onnx_engine  # noqa: F401
