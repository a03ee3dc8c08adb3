"""The memory that boosting on this machine takes, known before it starts."""

import os
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from errors import InvalidOption
from progress import say, size_of

# Bytes of a number in bins, which XGBoost keeps by row and by column; of a raw one with its column.
BINNED, RAW = 2, 8
MOST_BINS_IN_A_BYTE = 256
# Bytes of a bin's two sums, and of an entry of the summaries that bins are chosen by.
SUMS, ENTRY = 16, 16
# XGBoost's summaries are so many times finer than the bins.
FINENESS = 8
# What all matrices may take of this machine's memory, and of a graphics card.
SHARE, ON_GPU = 1 / 4, 1_000_000_000
# Smaller amounts are not worth a line.
WORTH_A_LINE = 1_000_000_000
MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Memory:
    """Bytes that one booster's matrices and sums take, and what binning takes on top."""

    booster: int
    binning: int

    def at_once(self, most: int, room: float) -> int:
        """How many boosters may have matrices of their own in so many bytes: 1 to `most`."""
        return max(1, min(most, int(room // self.booster)))

    def announce(self, boosters: int) -> None:
        """Say how much memory boosting takes if it is much, and refuse what cannot fit."""
        binning, growing = self.booster + self.binning, boosters * self.booster
        needed, free = max(binning, growing), free_memory()
        if needed > free:
            raise InvalidOption(
                f"Boosting must fit into memory; it takes {size_of(needed)}, and"
                f" {size_of(free)} are free. Close other programs, or add --cluster and --set"
                " xgboost.use_cluster=always."
            )
        if needed >= WORTH_A_LINE:
            say(
                f"boosting takes {size_of(growing)} of memory, and {size_of(binning)} while"
                f" features are binned; {size_of(free)} are free"
            )


def memory_of(images: int, held_out: int, width: int, bins: int, depth: int) -> Memory:
    """The memory for so many training and validation images of `width` features."""
    size = BINNED * (1 if bins <= MOST_BINS_IN_A_BYTE else 2)
    matrices = width * (size * images + RAW * held_out)
    sums = SUMS * bins * width * 2**depth
    return Memory(matrices + sums, ENTRY * width * _entries(images, bins * FINENESS))


def _entries(images: int, fineness: int) -> int:
    """Entries of one feature's summary; XGBoost adds a level whenever the others are full."""
    levels = 1
    while (size := min(images, ceil(levels * fineness) + 1)) << levels < images:
        levels += 1
    return (levels + 1) * size


def room(on_gpu: bool) -> float:
    """Bytes that all matrices together may take; not what is free, which differs from run to run"""
    return ON_GPU if on_gpu else SHARE * machine_memory()


def machine_memory() -> int:
    """The bytes of memory that this machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def free_memory() -> int:
    """The bytes that programs can still have; where the system does not say, all there are."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return machine_memory()
