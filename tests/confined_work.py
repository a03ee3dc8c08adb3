"""Work for children, good and bad."""

import os
import time

import confined
from errors import ImageUnreadable

LEAKED = []


def backwards(data: bytes) -> bytes:
    return data[::-1]


def process(data: bytes) -> bytes:
    return str(os.getpid()).encode()


def refuse(data: bytes) -> bytes:
    raise ImageUnreadable("no image: at all")


def crash(data: bytes) -> bytes:
    os.abort()


def swell(data: bytes) -> bytes:
    return bytes(1_000_000_000)


def fail(data: bytes) -> bytes:
    return bytes([1 // 0])


def spin(data: bytes) -> bytes:
    confined.allow(1, 100)
    while True:
        pass


def wait(data: bytes) -> bytes:
    time.sleep(60)
    return b""


def allowed(data: bytes) -> bytes:
    confined.allow(3, 400)
    return str(len(bytes(300_000_000))).encode()


def leak(data: bytes) -> bytes:
    confined.allow(3, 400)
    LEAKED.append(bytes(300_000_000))
    return b""


def chatter(data: bytes) -> bytes:
    print("a library's own words", flush=True)
    os.write(1, b"and those of its C code")
    return b"done"
