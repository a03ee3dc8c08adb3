import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "cluster.py"
MEGABYTES = 15


def measured(films):
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), str(films)], capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.long
def test_ten_times_the_films_are_planned_written_and_read_in_the_same_memory():
    few, many = measured(20_000), measured(200_000)
    assert (many["left"], many["read"]) == (0, 200_000)
    beside = [told["peak"] - told["table"] for told in (few, many)]
    assert beside[1] - beside[0] < MEGABYTES
