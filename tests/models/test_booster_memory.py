import pytest

from errors import InvalidOption
from models import booster_memory
from models.booster_memory import Memory, memory_of

GB = 10**9


def test_what_a_booster_takes_grows_with_images_features_and_depth():
    plain = memory_of(1000, 100, 50, 64, 3).booster
    assert memory_of(1000, 100, 100, 64, 3).booster == 2 * plain
    assert memory_of(2000, 100, 50, 64, 3).booster == plain + 2 * 1000 * 50
    assert memory_of(1000, 100, 50, 64, 4).booster == plain + 16 * 64 * 50 * 8


def test_more_than_256_bins_take_two_bytes_a_number():
    narrow, wide = (memory_of(1000, 0, 1, bins, 0).booster - 16 * bins for bins in (256, 257))
    assert wide == 2 * narrow


@pytest.mark.parametrize(("images", "levels"), [(78_000, 5), (30_000, 4), (10_000, 3)])
def test_summaries_of_features_are_as_large_as_xgboost_makes_them(images, levels):
    assert memory_of(images, 0, 1, 64, 0).binning == 16 * (levels + 1) * (512 * levels + 1)


def test_few_images_need_a_summary_of_no_more_entries():
    assert memory_of(100, 0, 1, 64, 0).binning == 16 * 2 * 100


def test_boosters_grow_beside_each_other_as_far_as_there_is_room():
    memory = Memory(GB, 0)
    assert [memory.at_once(4, room * GB) for room in (0, 0.5, 2.5, 9)] == [1, 1, 2, 4]


def test_a_graphics_card_has_room_of_its_own():
    assert booster_memory.room(True) == booster_memory.ON_GPU
    assert booster_memory.room(False) == booster_memory.machine_memory() / 4


def test_memory_worth_a_line_is_stated(monkeypatch):
    said = []
    monkeypatch.setattr(booster_memory, "say", said.append)
    monkeypatch.setattr(booster_memory, "free_memory", lambda: 9 * GB)
    Memory(10**6, 10**6).announce(2)
    assert said == []
    Memory(GB, 3 * GB).announce(2)
    assert said == [
        "boosting takes 2 GB of memory, and 4 GB while features are binned; 9 GB are free"
    ]


def test_what_cannot_fit_is_refused_with_what_to_type(monkeypatch):
    monkeypatch.setattr(booster_memory, "free_memory", lambda: GB)
    with pytest.raises(InvalidOption, match=r"takes 2 GB, and 1 GB are free.* --cluster"):
        Memory(GB, GB).announce(1)


def test_free_memory_is_what_linux_can_still_give(monkeypatch, tmp_path):
    monkeypatch.setattr(booster_memory, "MEMINFO", tmp_path / "meminfo")
    assert booster_memory.free_memory() == booster_memory.machine_memory()
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 7 kB\n")
    assert booster_memory.free_memory() == 7 * 1024
