import pytest

from errors import WeightsUnavailable
from features.onnx_files import check_external, external_files, read_sidecar
from tests.features.onnx_networks import saved

APART = {"save_as_external_data": True, "size_threshold": 0}


def test_files_that_hold_weights_are_found(tmp_path):
    path = saved(tmp_path / "net.onnx", location="net.data", **APART)
    assert external_files(path) == [tmp_path / "net.data"]
    check_external(path)


def test_a_file_with_its_own_weights_needs_no_other(tmp_path):
    assert external_files(saved(tmp_path / "net.onnx")) == []


def test_a_missing_file_of_weights_is_named(tmp_path):
    path = saved(tmp_path / "net.onnx", location="net.data", **APART)
    (tmp_path / "net.data").unlink()
    with pytest.raises(WeightsUnavailable, match=r"its weights in net\.data next to it"):
        check_external(path)


def test_weights_in_another_folder_are_refused(tmp_path):
    path = saved(tmp_path / "net.onnx", location="xx_data", **APART)
    path.write_bytes(path.read_bytes().replace(b"xx_data", b"../data"))
    with pytest.raises(WeightsUnavailable, match="must lie in its folder"):
        check_external(path)


def test_without_a_file_beside_it_nothing_is_said(tmp_path):
    assert read_sidecar(tmp_path / "net.onnx", {"scale": "unit"}) == {}
