import time

import pytest
from hypothesis import strategies

from errors import BadTable
from tests.faults import fuzzing, reading_images, reading_stores, reading_tables
from tests.faults.fuzzing import Reader, TookTooLong, fuzzed

READERS = {**reading_tables.READERS, **reading_images.READERS, **reading_stores.READERS}
# A bundle has to be trained first.
QUICK = [name for name in READERS if "bundle" not in name]


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_input_is_read_or_refused(tmp_path, name):
    told = fuzzed(READERS[name](tmp_path / "place"), 5, seed=0)
    assert set(told) <= {"read", "refused"}


def test_what_is_read_and_refused_is_counted():
    def read(number):
        if number % 2:
            raise BadTable("Numbers must be even.")

    told = fuzzed(Reader(strategies.integers(0, 1000), read), 50, seed=0)
    assert told.total() == 50
    assert min(told["read"], told["refused"]) > 5


def test_any_other_error_comes_out():
    with pytest.raises(ZeroDivisionError):
        fuzzed(Reader(strategies.integers(0, 3), lambda number: 1 / number), 50, seed=0)


def test_a_reader_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(fuzzing, "SECONDS", 0.05)

    def read(number):
        while time.process_time():
            pass

    with pytest.raises(TookTooLong):
        fuzzed(Reader(strategies.just(0), read), 1, seed=0)
