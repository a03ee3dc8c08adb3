import os
import signal
import sys
import time

import pytest

from tests.faults.forks import Child, forked


def ends(code, text=""):
    def call():
        print(text, file=sys.stderr)
        return code

    return call


def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("call", "how"),
    [
        *((ends(0), "done"), (ends(1), "done"), (ends(2, "error: no."), "told")),
        *((ends(2), "bug"), (lambda: 1 / 0, "bug"), (kills_itself, "killed")),
    ],
)
def test_how_a_child_ended(call, how):
    assert forked(call).how == how


@pytest.mark.slow
def test_what_hangs_is_ended():
    assert Child(lambda: time.sleep(100), seconds=1).ended().how == "hung"


def test_what_a_child_prints_is_told():
    assert forked(lambda: print("x" * 100_000)).out == "x" * 100_000 + "\n"
