import numpy as np
import pytest

from datasets.blanking import Blanking
from features.branch import Branch
from features.store import FeatureStore
from tests.features import stubs

IMAGE = np.full((8, 8), 7, np.uint8)


def filled(extractor, cache, count):
    branch = Branch(extractor, FeatureStore(cache, stubs.recipe("any")))
    for number in range(count):
        branch.accept(f"f{number}", f"d{number}", extractor.transform([IMAGE])[0])
    return branch


def test_a_network_gets_full_batches_but_the_last(tmp_path):
    network = stubs.Batched()
    branch = Branch(network, FeatureStore(tmp_path, stubs.recipe("Batched")))
    for number in range(10):
        branch.accept(f"f{number}", f"d{number}", IMAGE)
    branch.finish()
    assert network.batches == [4, 4, 2]


def test_a_full_part_is_written_before_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr("features.branch.ROWS_PER_PART", 3)
    assert len(filled(stubs.Mean(), tmp_path, 7).parts) == 2


def test_a_branch_that_is_late_writes_what_it_has(tmp_path):
    branch = filled(stubs.Mean(), tmp_path, 0)
    branch.seconds_per_part = -1
    branch.accept("f", "d", np.zeros(2, np.float32))
    assert branch.computed == 1


@pytest.mark.parametrize("count", [0, 5])
def test_what_is_left_is_written_at_the_end(tmp_path, count):
    branch = filled(stubs.Mean(), tmp_path, count)
    branch.finish()
    assert len(branch.store.rows) == branch.computed == count


def test_features_of_unchanged_images_are_kept_under_the_digest_of_their_file(tmp_path):
    branch = filled(stubs.Mean(), tmp_path, 0)
    assert branch.keys(["a", "b"], ["1", ""]) == ["1", ""]


def test_a_file_that_must_be_read_has_no_key_yet(tmp_path):
    branch = filled(stubs.Mean(), tmp_path, 0)
    branch.change = Blanking({"a": np.empty((0, 4))})
    known, unknown = branch.keys(["a", "b"], ["1", ""])
    assert known not in ("", "1")
    assert unknown == ""
