import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from features import extraction_plan
from features.branch import Branch
from features.extraction_plan import BATCH, Plan, Task
from features.row_index import RowIndex

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "cluster.py"
MEGABYTES = 15


class Table(list):
    """Films of which names alone matter."""

    @property
    def paths(self):
        return np.array(self, object)


def plan(n_images, lacking=None):
    ids = np.array([f"f{number}" for number in range(n_images)], object)
    lacking = np.ones((n_images, 1), bool) if lacking is None else np.array(lacking, bool)
    names = ("deep", "words")[: lacking.shape[1]]
    return Plan(SimpleNamespace(ids=ids, paths=ids), names, lacking)


def test_a_task_names_the_branches_that_lack_the_image():
    planned = plan(3, [[1, 0], [0, 0], [1, 1]])
    assert list(planned.tasks()) == [
        Task("f0", "f0", ("deep",)),
        Task("f2", "f2", ("deep", "words")),
    ]
    assert len(planned) == 2


@pytest.mark.parametrize("n_images", [0, 1, BATCH, 1216, 5000])
@pytest.mark.parametrize("workers", [1, 2, 40])
def test_parts_hold_every_image_once_and_in_order(n_images, workers):
    planned = plan(n_images)
    found = [task for chunk in planned.chunks(workers, 512) for task in chunk]
    assert found == list(planned.tasks())


def test_no_part_is_larger_than_is_bounded():
    assert max(len(chunk) for chunk in plan(20_000).chunks(1, 512)) == 512


def test_parts_are_whole_batches_but_the_last():
    sizes = [len(chunk) for chunk in plan(1217).chunks(2, 512)]
    assert all(size % BATCH == 0 for size in sizes[:-1])
    assert sizes[-1] == 1


def test_parts_grow_smaller_so_that_workers_end_together():
    """Two workers that take the next chunk when they are free end within a batch of each other."""
    sizes = [len(chunk) for chunk in plan(1216).chunks(2, 512)]
    assert sizes == sorted(sizes, reverse=True)
    busy = [0, 0]
    for size in sizes:
        busy[int(np.argmin(busy))] += size
    assert abs(busy[0] - busy[1]) <= BATCH


def test_a_plan_lacks_what_no_store_has_of_the_image_as_it_is_now():
    rows = RowIndex()
    rows.add("part", ["now"], np.array([False]))
    branches = {"deep": Branch(SimpleNamespace(), SimpleNamespace(rows=rows))}
    images = Table(["a", "b", "c"])
    known = np.array([b"now", b"changed", b""])
    planned = extraction_plan.plan(images, branches, known)
    assert planned.lacking.tolist() == [[False], [True], [True]]


def test_messages_name_a_chunk_by_its_first_and_last_image():
    (chunk,) = plan(3).chunks(1, 512)
    assert extraction_plan.described(chunk) == "the 3 images from f0 to f2"


def measured(images):
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), str(images)], capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.long
def test_ten_times_the_images_are_planned_written_and_read_in_the_same_memory():
    few, many = measured(10_000), measured(100_000)
    assert (many["left"], many["read"]) == (0, 100_000)
    beside = [told["peak"] - told["table"] for told in (few, many)]
    assert beside[1] - beside[0] < MEGABYTES
