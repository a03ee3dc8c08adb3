import numpy as np
import pytest

from errors import BadArrays
from models.seen_images import SeenImages

FILES = ["digest of a", "digest of b", "digest of c"]
SEEN = SeenImages.of(FILES)


def test_files_that_were_seen_are_found_in_any_order():
    assert SEEN.has(["digest of c", "another", "digest of a"]).tolist() == [True, False, True]


def test_an_image_without_a_file_was_not_seen():
    assert len(SeenImages.of(["", "digest of a", "digest of a"])) == 1
    assert SEEN.has([""]).tolist() == [False]


def test_neither_digests_nor_their_order_are_those_of_the_files():
    stored = b"".join(SEEN.digests.tolist())
    assert not any(each.encode() in stored for each in FILES)
    np.testing.assert_array_equal(SeenImages.of(FILES[::-1]).digests, SEEN.digests)


def test_two_bundles_with_an_image_in_common_have_no_digest_in_common():
    other = SeenImages.of(["digest of a", "digest of d"])
    assert not set(SEEN.digests.tolist()) & set(other.digests.tolist())


def test_they_come_back_from_a_file(tmp_path):
    SEEN.save(tmp_path / "seen.npz")
    again = SeenImages.load(tmp_path / "seen.npz")
    assert again.has(FILES).all()
    assert len(again) == 3


def test_a_forged_file_is_refused(tmp_path):
    np.savez(tmp_path / "seen.npz", salt=np.zeros(3), digests=np.zeros(3))
    with pytest.raises(BadArrays, match="must be bytes"):
        SeenImages.load(tmp_path / "seen.npz")
