"""One fault after another, each judged by how it ended and by what the next run leaves."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.faults.harm import Unavailable
from tests.faults.injections import AFTERWARDS, KINDS, Tried
from tests.faults.place import Place


@dataclass
class Tally:
    """How many faults of a kind were put in, how they ended, and what went wrong."""

    injected: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    equal: int = 0
    wrong: list[str] = field(default_factory=list)
    unavailable: str = ""

    def add(self, other: "Tally") -> None:
        """Take in another's counts."""
        self.injected += other.injected
        self.endings.update(other.endings)
        self.equal += other.equal
        self.wrong += other.wrong


def tried(place: Place, kind: str, seed: int, tally: Tally) -> None:
    """Put in one fault, which kind and seed repeat, and add what came of it."""
    place.restore()
    try:
        found = KINDS[kind](place, Random(f"{kind} {seed}"))
    except Unavailable as reason:
        tally.unavailable = str(reason)
        return
    wrong = _wrong(place, found)
    tally.injected += 1
    tally.endings.update(ended.how for ended in found.endings)
    tally.equal += not wrong
    tally.wrong += [f"{kind}, seed {seed}, {found.command}: {each}" for each in wrong]


def _wrong(place: Place, found: Tried) -> list[str]:
    """What should not have happened, at once or in the next run."""
    wrong = [
        f"{ended.how}, code {ended.code}: {ended.err[-3000:]}"
        for ended in found.endings
        if ended.how not in ("done", "told", "killed")
    ]
    well = all(ended.how == "done" for ended in found.endings)
    if found.exact and well and place.result(found.command) != place.expected[found.command]:
        wrong.append("it ended well, and left something else")
    for name in found.mend:
        place.mend(name)
    then = found.then or AFTERWARDS.get(found.command, found.command)
    ended = place.run(then)
    if ended.how != "done":
        wrong.append(f"the next {then} ended {ended.how}: {ended.err[-3000:]}")
    elif place.result(then) != place.expected[then]:
        wrong.append(f"the next {then} left something else")
    return wrong
