"""Functions of bytes, run in child processes with limits: whatever crashes or swells ends there.

Decoders of C and C++ can be brought down, or made to work for minutes, by a file of a few bytes.
A child takes one call at a time over its pipes and lives on; one that ends is replaced.
"""

import atexit
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from math import ceil
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import errors
from errors import WorkEnded

MEGABYTE = 1_000_000
PROC = Path("/proc/self/statm")
# A child whose memory has grown by more is replaced: damaged files make some decoders leak.
WORN_MEGABYTES = 200
# What a call may take unless its function allows itself more.
SECONDS, MEGABYTES = 2, 200
# Limits count processor time, so that a busy machine refuses nothing; the clock ends what waits.
CLOCK_SECONDS = 120
# Length of the data, and of the function's name.
CALL = struct.Struct("<QH")
# Kind, whether the child is worn, length of what follows.
ANSWER = struct.Struct("<B?Q")
DONE, REFUSED, FAILED = range(3)
# As much as Linux lets a pipe hold: images go through in few turns.
BYTES_IN_PIPE = 1 << 20
IN_CHILD = getattr(sys.modules["__main__"], "__file__", None) == __file__


class Children:
    """Child processes that call functions of bytes, as many as there are threads that call."""

    def __init__(self) -> None:
        self._idle: list[Child] = []
        self._lock = Lock()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    def call(self, function: str, data: bytes) -> bytes:
        """What `module:function` gives for the bytes, within limits of processor time and memory.

        Errors of our tree are raised again here; `WorkEnded` stands for everything else.
        """
        with self._lock:
            child = self._idle.pop() if self._idle else None
        child = child or Child()
        try:
            return child.call(function, data)
        except BaseException as error:
            refused = isinstance(error, errors.HybridError) and not isinstance(error, WorkEnded)
            child.worn |= not refused
            raise
        finally:
            self._put_back(child)

    def close(self) -> None:
        """End the children that have nothing to do."""
        while self._idle:
            self._idle.pop().end()

    def _forget(self) -> None:
        """In a forked process: two that write to one child would get each other's answers."""
        self._idle.clear()
        # Another thread may have held it as the process was forked.
        self._lock = Lock()

    def _put_back(self, child: "Child") -> None:
        if child.worn:
            child.end()
        else:
            with self._lock:
                self._idle.append(child)


class Child:
    """One child process and the pipes to it; once `worn` it takes no further call."""

    def __init__(self) -> None:
        self.worn = False
        # A group of its own: Ctrl-C is for the parent, which decides what to finish.
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            process_group=0,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._to, self._from):
            # Not everywhere, and not for users who have very many pipes.
            with suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, BYTES_IN_PIPE)

    def call(self, function: str, data: bytes) -> bytes:
        """The answer of a call; `WorkEnded` where there is none."""
        name = function.encode()
        deadline = time.monotonic() + CLOCK_SECONDS
        # A child that died is noticed by its missing answer.
        with suppress(BrokenPipeError):
            _write(self._to, CALL.pack(len(data), len(name)) + name)
            _write(self._to, data)
        try:
            head = self._read(ANSWER.size, deadline)
            kind, self.worn, size = ANSWER.unpack(head)
            answer = self._read(size, deadline)
        except EOFError:
            late = self._process.wait() == -signal.SIGXCPU
            raise WorkEnded("it takes too long" if late else "it crashes its reader") from None
        if kind == DONE:
            return bytes(answer)
        error, _, sentence = answer.decode().partition(" ")
        raise WorkEnded(sentence) if kind == FAILED else vars(errors)[error](sentence)

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        with self._process:
            pass

    def _read(self, size: int, deadline: float) -> bytearray:
        """So many bytes of what the child writes, by the deadline."""
        answer = bytearray(size)
        view, poll = memoryview(answer), select.poll()
        poll.register(self._from, select.POLLIN)
        while view:
            if not poll.poll(max(0, 1000 * (deadline - time.monotonic()))):
                raise WorkEnded("it takes too long")
            count = os.readv(self._from, [view])
            if not count:
                raise EOFError
            view = view[count:]
        return answer


def allow(seconds: float, megabytes: float) -> None:
    """Let a child work for so long and grow by so much from now on; no other process is limited."""
    if not IN_CHILD:
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    end = ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    if PROC.exists():  # Elsewhere than on Linux memory is not limited.
        most = int(_memory() + megabytes * MEGABYTE)
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))


def _memory() -> int:
    """Bytes of this process's private memory, as its limit counts them; 0 where that is unknown."""
    pages = int(PROC.read_text().split()[5]) if PROC.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _serve(calls: BinaryIO, answers: int) -> None:
    """A child's life: it ends with its parent, whose pipe then closes."""
    first = _memory()
    while head := calls.read(CALL.size):
        size, length = CALL.unpack(head)
        # Imported before the limits hold, since the first call pays for it.
        function, data = _function(calls.read(length).decode()), calls.read(size)
        allow(SECONDS, MEGABYTES + 2 * size / MEGABYTE)
        kind, answer = _answer(function, data)
        worn = _memory() - first > WORN_MEGABYTES * MEGABYTE
        _write(answers, ANSWER.pack(kind, worn, len(answer)))
        _write(answers, answer)


def _function(name: str) -> Callable[[bytes], bytes]:
    module, _, function = name.partition(":")
    work: Callable[[bytes], bytes] = getattr(import_module(module), function)
    return work


def _answer(function: Callable[[bytes], bytes], data: bytes) -> tuple[int, bytes]:
    try:
        return DONE, function(data)
    except errors.HybridError as error:
        return REFUSED, f"{type(error).__name__} {error}".encode()
    except MemoryError:
        return FAILED, b" it takes too much memory"
    # What C libraries make of damaged data has no common ancestor.
    except Exception as error:
        return FAILED, f" it fails with {type(error).__name__}".encode()


if __name__ == "__main__":
    # What a library prints must not end up among the answers.
    answers = os.dup(1)
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, answers)
