"""Run functions of bytes in child processes, with limits on time and memory.

A file of a few bytes can crash a decoder in C or C++, or keep it busy for minutes. A child takes
one call at a time over its pipes and stays alive; one that ends is replaced.
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
# A child that has grown by more is replaced, because some decoders leak on damaged files.
WORN_MEGABYTES = 200
# Limits of a call, unless its function raises them.
SECONDS, MEGABYTES = 2, 200
# Limits count CPU time, so that a busy machine refuses nothing; the clock ends calls that wait.
CLOCK_SECONDS = 120
# Lengths of the data and of the name of the function.
CALL = struct.Struct("<QH")
# Kind, whether the child is worn, and the length of the answer.
ANSWER = struct.Struct("<B?Q")
DONE, REFUSED, FAILED = range(3)
# The maximum on Linux, so that an image needs few writes.
BYTES_IN_PIPE = 1 << 20
IN_CHILD = getattr(sys.modules["__main__"], "__file__", None) == __file__


class Children:
    """Child processes that call functions of bytes, one for each calling thread."""

    def __init__(self) -> None:
        self._idle: list[Child] = []
        self._lock = Lock()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    def call(self, function: str, data: bytes) -> bytes:
        """What `module:function` returns for the bytes, within limits of CPU time and memory.

        Errors of errors.py are raised again here; all others become `WorkEnded`.
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
        """End all idle children."""
        while self._idle:
            self._idle.pop().end()

    def _forget(self) -> None:
        """Start without children in a forked process, since two parents would mix up answers."""
        self._idle.clear()
        # Another thread may have held the lock during the fork.
        self._lock = Lock()

    def _put_back(self, child: "Child") -> None:
        if child.worn:
            child.end()
        else:
            with self._lock:
                self._idle.append(child)


class Child:
    """One child process and its pipes; once `worn` it takes no further call."""

    def __init__(self) -> None:
        self.worn = False
        # A process group of its own, so that Ctrl-C reaches only the parent.
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
            # Not supported everywhere, nor for users with very many pipes.
            with suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, BYTES_IN_PIPE)

    def call(self, function: str, data: bytes) -> bytes:
        """The answer of a call; raises WorkEnded if there is none."""
        name = function.encode()
        deadline = time.monotonic() + CLOCK_SECONDS
        # A dead child is noticed by its missing answer.
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
        """End the process."""
        self._process.kill()
        with self._process:
            pass

    def _read(self, size: int, deadline: float) -> bytearray:
        """The next `size` bytes from the child, by the deadline."""
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
    """Limit the CPU time and memory growth of this process from now on, if it is a child."""
    if not IN_CHILD:
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    end = ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
    if PROC.exists():  # Memory is limited only on Linux.
        most = int(_memory() + megabytes * MEGABYTE)
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))


def _memory() -> int:
    """Bytes of private memory, as the limit counts them; 0 if unknown."""
    pages = int(PROC.read_text().split()[5]) if PROC.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _serve(calls: BinaryIO, answers: int) -> None:
    """Answer calls until the parent ends and its pipe closes."""
    first = _memory()
    while head := calls.read(CALL.size):
        size, length = CALL.unpack(head)
        # Imported before the limits apply, since imports take long.
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
    # C libraries raise many unrelated errors for damaged data.
    except Exception as error:
        return FAILED, f" it fails with {type(error).__name__}".encode()


if __name__ == "__main__":
    # Output of libraries must not mix with the answers.
    answers = os.dup(1)
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, answers)
