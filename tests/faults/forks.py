"""Calls in forked children of one warm process, in each of which a fault can be put.

The parent imports and forks, and never does what starts threads: that happens in children alone.
"""

import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from typing import NamedTuple

BUG = 70
SECONDS = 60
# More than any child prints, so that none waits for somebody to read.
PIPE = 2**20

Call = Callable[[], object]


class Ended(NamedTuple):
    """How a child ended: its exit code, or less than 0 the signal; and what it printed."""

    code: int
    out: str
    err: str

    @property
    def how(self) -> str:
        """done, told (one sentence), killed, hung or bug."""
        sentences = [line for line in self.err.splitlines() if line.startswith("error: ")]
        if self.code == 2 and len(sentences) == 1:
            return "told"
        ways = {0: "done", 1: "done", -signal.SIGKILL: "killed", -signal.SIGALRM: "hung"}
        return ways.get(self.code, "bug")


class Child:
    """A call that runs in a forked child from now on, for so many seconds at most.

    `limit` is for the bytes of any file.
    """

    def __init__(
        self, call: Call, limit: int = resource.RLIM_INFINITY, seconds: int = SECONDS
    ) -> None:
        sys.stdout.flush()
        pipes = [os.pipe() for _ in range(2)]
        self.pid = os.fork()
        if not self.pid:
            _run(call, [write for _, write in pipes], limit, seconds)
        self.read = [read for read, _ in pipes]
        for _, write in pipes:
            os.close(write)

    def kill_after(self, seconds: float) -> Ended:
        """How it ended, killed if it was still running by then."""
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.ended()

    def ended(self) -> Ended:
        """How it ended; waits for that."""
        texts = []
        for read in self.read:
            with open(read, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        return Ended(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), *texts)


def forked(call: Call) -> Ended:
    """How a call ended that a forked child made."""
    return Child(call).ended()


def _run(call: Call, outputs: list[int], limit: int, seconds: int) -> None:
    code = BUG
    try:
        for number, write in enumerate(outputs, start=1):
            fcntl(write, F_SETPIPE_SZ, PIPE)
            os.dup2(write, number)
        sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        # What it does by default ends a child that hangs.
        signal.alarm(seconds)
        code = call() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
