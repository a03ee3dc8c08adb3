"""Limits of time on a machine that other work keeps busy."""

import time

SAMPLE = 0.1


def seconds(limit: float) -> float:
    """A limit in seconds, longer by as much as other work slows this process down just now."""
    start, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < SAMPLE:
        pass
    return limit * max(1.0, (time.perf_counter() - start) / SAMPLE)
