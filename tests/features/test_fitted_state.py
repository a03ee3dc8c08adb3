import subprocess
import sys
import zipfile

import numpy as np
import pytest

from errors import BadArrays
from features import fitted_state
from features.extractors.orb_words import OrbWords


class Learner:
    """Has learned an array and a number."""

    def __init__(self, n_words=2):
        self.n_words = n_words


def test_arrays_and_numbers_come_back_as_they_were():
    before, after = Learner(), Learner(n_words=7)
    before.words_, before.count_ = np.arange(6, dtype=np.float32).reshape(2, 3), 5
    fitted_state.load(after, fitted_state.to_bytes(before))
    np.testing.assert_array_equal(after.words_, before.words_)
    assert after.words_.dtype == np.float32
    assert after.count_ == 5
    assert after.n_words == 7


def test_only_arrays_can_be_saved(tmp_path):
    before = Learner()
    before.words_ = np.array([print], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        (tmp_path / "state.npz").write_bytes(fitted_state.to_bytes(before))


def test_a_file_with_a_pickle_in_it_is_refused(tmp_path):
    np.savez(tmp_path / "state.npz", words_=np.array([{}], dtype=object))
    with pytest.raises(BadArrays, match="no plain arrays"):
        fitted_state.load(Learner(), (tmp_path / "state.npz").read_bytes())


def test_the_file_holds_arrays_and_nothing_else(tmp_path):
    before = Learner()
    before.words_ = np.zeros(3)
    (tmp_path / "state.npz").write_bytes(fitted_state.to_bytes(before))
    assert zipfile.ZipFile(tmp_path / "state.npz").namelist() == ["words_.npy"]


OTHER_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from errors import BadArrays
from features import fitted_state
from features.extractors.orb_words import OrbWords
folder = Path(sys.argv[1])
words = fitted_state.load(OrbWords(n_words=4, image_size=128), (folder / "state.npz").read_bytes())
np.save(folder / "rows.npy", words.transform(np.load(folder / "films.npy")))
"""


@pytest.mark.slow
def test_another_process_gives_the_same_vectors(tmp_path, pytestconfig):
    images = np.random.default_rng(0).integers(0, 256, (4, 128, 128), dtype=np.uint8)
    words = OrbWords(n_words=4, image_size=128).fit(images)
    (tmp_path / "state.npz").write_bytes(fitted_state.to_bytes(words))
    np.save(tmp_path / "films.npy", images)
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)]
    subprocess.run(command, cwd=pytestconfig.rootpath, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "rows.npy"), words.transform(images))
