"""Faults and hostile inputs in numbers: what was put in, and what came of it.

    python -m tests.faults --faults 11 --inputs 800 --seed 0

puts in so many faults of each kind and feeds so many inputs to each reader. What went wrong is told
with its seed: `--only KIND --faults 1 --inputs 0 --seed SEED` repeats it.
"""

import argparse
import importlib
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import reading_images, reading_requests, reading_stores, reading_tables
from tests.faults.fuzzing import fuzzed_apart
from tests.faults.injections import KINDS
from tests.faults.place import COMMANDS, Place
from tests.faults.trials import Tally, tried

READERS = {
    **reading_tables.READERS,
    **reading_images.READERS,
    **reading_stores.READERS,
    **reading_requests.READERS,
}
LINE = "{:38} {:>8} {:>7} {:>7} {:>7} {:>7}"


def main():
    """Print both tables; 1 if anything went wrong."""
    started, asked = time.monotonic(), _asked()
    for command in {words[0] for words in COMMANDS.values()}:
        importlib.import_module(f"pipelines.{command}")
    wrong = 0
    if asked.faults:
        with TemporaryDirectory() as name:
            wrong += faults(Place(Path(name), asked.commands.split(",")), asked)
    if asked.inputs:
        wrong += inputs(asked)
    print(f"seed {asked.seed}, {time.monotonic() - started:,.0f} s, {wrong} wrong")
    return bool(wrong)


def faults(place, asked):
    """How many faults went wrong; a line for each kind."""
    print(LINE.format("fault", "injected", "done", "told", "killed", "equal"))
    total = Tally()
    for kind in _named(KINDS, asked.only):
        tally = Tally()
        for seed in range(asked.seed, asked.seed + asked.faults):
            tried(place, kind, seed, tally)
        _print(kind, tally)
        total.add(tally)
    _print("all", total)
    return len(total.wrong)


def inputs(asked):
    """How many readers did not survive; a line for each."""
    print(LINE.format("hostile input", "inputs", "read", "refused", "", ""))
    wrong, all_told = 0, [0, 0]
    for name in _named(READERS, asked.only):
        told, why = fuzzed_apart(READERS[name], asked.inputs, asked.seed)
        counts = [told["read"], told["refused"]]
        all_told = [before + count for before, count in zip(all_told, counts, strict=True)]
        print(LINE.format(name, sum(counts), *counts, "", ""), why, flush=True)
        wrong += bool(why)
    print(LINE.format("all", sum(all_told), *all_told, "", ""))
    return wrong


def _print(kind, tally):
    counts = [tally.endings[how] for how in ("done", "told", "killed")]
    print(LINE.format(kind, tally.injected, *counts, tally.equal), tally.unavailable, flush=True)
    for each in tally.wrong if kind != "all" else ():
        print("   ", each, flush=True)


def _named(known, only):
    return [name for name in known if re.search(only, name)]


def _asked():
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=11, help="of each kind")
    parser.add_argument("--inputs", type=int, default=800, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", default="", help="kinds and readers whose names have this pattern"
    )
    parser.add_argument("--commands", default=",".join(COMMANDS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
