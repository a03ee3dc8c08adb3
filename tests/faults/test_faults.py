import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = ("--commands", "extract", "--only", "killed|two commands|damaged: part")


def table(*arguments):
    """What `python -m tests.faults` prints; a number that went wrong is not 0."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments],
        **{"cwd": PROJECT, "capture_output": True, "text": True},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "traceback" not in done.stdout.lower()
    return {
        line[:38].strip(): list(map(int, re.findall(r"\d+", line[38:])))
        for line in done.stdout.splitlines()
        if re.search(r"\d$", line.strip())
    }


@pytest.mark.long
def test_whatever_befalls_an_extraction_the_next_ends_with_the_same_bits():
    told = table(*("--faults", "1", "--inputs", "0"), *SAMPLE)
    injected, *_, equal = told["all"]
    assert injected == equal == 4
    assert told["killed before a change of a file"] == [1, 0, 0, 1, 1]


@pytest.mark.long
def test_whatever_befalls_any_command_the_next_ends_with_the_same_bits():
    injected, *_, equal = table("--faults", "1", "--inputs", "0")["all"]
    assert injected == equal >= 17


@pytest.mark.long
def test_whatever_is_read_is_read_or_refused():
    inputs, *_ = table("--faults", "0", "--inputs", "25")["all"]
    assert inputs >= 500
