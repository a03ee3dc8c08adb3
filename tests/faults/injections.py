"""Kinds of faults: each takes a place and a seeded generator, and runs commands with a fault."""

import errno
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import NamedTuple

from features import pruning
from tests.faults import harm, hooks
from tests.faults.forks import Child, Ended, forked
from tests.faults.place import Place

WORKING = ("extract", "extract", "train", "compare", "predict", "predict", "score")
# What a command makes, which is removed where it is to make it anew.
OUTPUTS = {
    "extract": ("cache", "extract"),
    "train": ("cache", "bundle"),
    "compare": ("cache", "run"),
    "predict": ("predict",),
    "score": ("score",),
}
# What is damaged, the commands that read it, and what a person has to put back or do then.
DAMAGED = {
    "part": ("cache/*/part-*", ("extract", "train", "cache verify", "cache list")),
    "recipe": ("cache/*/recipe.json", ("extract", "cache list", "cache verify")),
    "learned words": ("cache/*/learned-*", ("extract", "train", "predict")),
    "digests": ("cache/digests.parquet", ("extract", "train", "cache verify")),
    "bundle": ("bundle/**/*.*", ("predict", "predict", "train")),
    "split": ("split.json", ("data",)),
    "fits of a run": ("run/fits/*", ("resume",)),
    "configuration of a run": ("run/configuration.json", ("resume",)),
    "report": ("run/report.*", ("resume",)),
    "table": ("*.csv", ("score",)),
}
# What no digest stands beside, so that another value is just another table.
UNPROTECTED = ("table",)
# A damaged run is begun anew, a broken one gone on with; a cache is used after a look at it.
AFTERWARDS = {"resume": "compare", "cache list": "extract", "cache verify": "extract"}
GONE_ON_WITH = {"compare": "resume"}
ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES)
SECONDS_PER_YEAR = 365 * 86_400
FOREVER = 10**9


class Tried(NamedTuple):
    """The command that met a fault, how all that ran then ended, and what must hold.

    `exact`: what ended well must have left what it leaves without the fault. `mend`: what a person
    has to put back before the next run. `then`: that run, if not of the same command.
    """

    command: str
    endings: list[Ended]
    exact: bool = True
    mend: tuple[str, ...] = ()
    then: str = ""


Kind = Callable[[Place, Random], Tried]


def killed_at_a_change(place: Place, rng: Random) -> Tried:
    """SIGKILL before the n-th change of a file."""
    command = _command(place, rng)
    at = rng.randrange(place.changes[command])

    def strike(number: int) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return _struck(place, command, strike)._replace(then=_go_on(place, rng, command))


def killed_at_a_moment(place: Place, rng: Random) -> Tried:
    """SIGKILL after a time."""
    command = _command(place, rng)
    place.clear(*OUTPUTS[command])
    moment = rng.uniform(0, place.seconds[command])
    ended = Child(place.call(command)).kill_after(moment)
    return Tried(command, [ended], then=_go_on(place, rng, command))


def operation_fails(place: Place, rng: Random) -> Tried:
    """From some change of a file on, or that one alone, the system refuses what is asked."""
    command = _command(place, rng)
    at, code = rng.randrange(place.changes[command]), rng.choice(ERRORS)
    last = rng.choice((at, FOREVER))

    def strike(number: int) -> None:
        if at <= number <= last:
            raise OSError(code, os.strerror(code))

    return _struck(place, command, strike)


def files_have_a_limit(place: Place, rng: Random) -> Tried:
    """No file may pass so many bytes."""
    command = _command(place, rng)
    place.clear(*OUTPUTS[command])
    limit = int(2 ** rng.uniform(6, 16))
    return Tried(command, [Child(place.call(command), limit).ended()])


def disk_fills_up(place: Place, rng: Random) -> Tried:
    """The disk has room for so many bytes."""
    command = _command(place, rng)
    with harm.disk(place):
        place.clear(*OUTPUTS[command])
        ballast = harm.fill(place, int(2 ** rng.uniform(8, 18)))
        ended = place.run(command)
        ballast.unlink()
    return Tried(command, [ended])


def nothing_can_be_written(place: Place, rng: Random) -> Tried:
    """Cache and outputs lie on a disk that can only be read."""
    command = _command(place, rng, (*WORKING, "cache list", "cache verify"))
    with harm.disk(place):
        place.clear(*rng.choice((OUTPUTS.get(command, ()), ("score",))))
        with harm.read_only(place):
            ended = place.run(command)
    return Tried(command, [ended])


def cache_can_only_be_read(place: Place, rng: Random) -> Tried:
    """The cache holds all that is needed, or nothing but digests, and cannot be written."""
    command = _command(place, rng, ("extract", "train", "compare", "predict"))
    place.clear(*(name for name in OUTPUTS[command] if name != "cache"))
    if rng.random() < 0.3:
        place.clear(*(f"cache/{folder.name}" for folder in place.work.glob("cache/*-*")))
    with harm.read_only_cache(place):
        ended = place.run(command)
    return Tried(command, [ended])


def pruned_meanwhile(place: Place, rng: Random) -> Tried:
    """`cache prune --days 0` again and again while a command is at work."""
    command = _command(place, rng, ("extract", "train", "compare", "predict"))
    place.clear(*rng.choice((OUTPUTS[command], ())))
    cache = place.work / "cache"
    cache.mkdir(exist_ok=True)

    def prunes() -> None:
        while not time.sleep(0.02):
            list(pruning.prune(cache, 0))

    pruner = Child(prunes)
    ended = place.run(command)
    pruner.kill_after(0)
    # Between the end of a command and that of pruning, all may go, which is what was asked for.
    return Tried(command, [ended], exact=command != "extract")


def images_change(place: Place, rng: Random) -> Tried:
    """Films vanish, shrink, change or turn into folders while they are being read."""
    command = _command(place, rng, tuple(OUTPUTS)[:4])
    for part in place.work.glob("cache/*/part-*"):
        part.unlink()
    images = sorted(place.images.rglob("*.png"))
    others = [rng.choice(images).read_bytes() for _ in images]
    due = {
        rng.randrange(len(images)): (rng.choice((None, *images)), rng.choice(harm.BEFALLS))
        for _ in range(rng.randint(1, 4))
    }

    def strike(number: int, path: str) -> None:
        if number in due:
            image, what = due[number]
            harm.befall(image or type(images[0])(path), what, others[number])

    def watched() -> int:
        hooks.on_reading(place.images, strike)
        return place.call(command)()

    return Tried(command, [forked(watched)], exact=False, mend=("films",))


def clock_jumps(place: Place, rng: Random) -> Tried:
    """The clock jumps during a run; files come from the future or the distant past."""
    command = _command(place, rng)
    seconds, at = rng.choice((-10, -1, 1, 10)) * SECONDS_PER_YEAR, rng.randrange(40)
    when = time.time() + rng.choice((-10, -1, 1, 10)) * SECONDS_PER_YEAR
    for path in sorted([*place.work.rglob("*"), *place.images.rglob("*.png")]):
        if rng.random() < 0.5:
            os.utime(path, (when, when))

    def jumping() -> int:
        hooks.clock_jumps(seconds, at)
        return place.call(command)()

    return Tried(command, [forked(jumping)])


def two_at_once(place: Place, rng: Random) -> Tried:
    """A command begins while the same, or another on the same cache, is at work."""
    command = _command(place, rng, tuple(OUTPUTS)[:4])
    other = rng.choice((command, command, "extract", "train"))
    place.clear(*rng.choice((OUTPUTS[command], ())))
    first = Child(place.call(command))
    time.sleep(rng.uniform(0, place.seconds[command]))
    return Tried(command, [Child(place.call(other)).ended(), first.ended()])


def damaged(what: str, place: Place, rng: Random) -> Tried:
    """A file that does not hold what was written."""
    pattern, commands = DAMAGED[what]
    command = _command(place, rng, commands)
    place.run("extract")
    found = [path for path in sorted(place.work.glob(pattern)) if path.is_file()]
    harm.damage(rng.choice(found), rng)
    ended = place.run(command)
    exact = what not in UNPROTECTED and not command.startswith("cache")
    mend = ("bundle", "split.json", "labels.csv", "first.csv", "second.csv")
    return Tried(command, [ended], exact, mend)


def _command(place: Place, rng: Random, commands: tuple[str, ...] = WORKING) -> str:
    known = [name for name in commands if name in place.expected]
    if not known:
        raise harm.Unavailable(f"needs one of {', '.join(commands)}")
    return rng.choice(known)


def _go_on(place: Place, rng: Random, command: str) -> str:
    """The command that goes on with what was broken off, every other time, where there is one."""
    then = GONE_ON_WITH.get(command, "")
    return then if then in place.expected and rng.random() < 0.5 else ""


def _struck(place: Place, command: str, strike: Callable[[int], None]) -> Tried:
    """A command that makes its outputs anew, with what is called at every change of a file."""
    place.clear(*OUTPUTS[command])

    def watched() -> int:
        hooks.on_change(place.work, strike)
        return place.call(command)()

    return Tried(command, [forked(watched)])


KINDS: dict[str, Kind] = {
    "killed before a change of a file": killed_at_a_change,
    "killed at a moment": killed_at_a_moment,
    "an operation on files refused": operation_fails,
    "a limit on the size of files": files_have_a_limit,
    "a disk that fills up": disk_fills_up,
    "a disk that cannot be written": nothing_can_be_written,
    "a cache that can only be read": cache_can_only_be_read,
    "a cache that is pruned meanwhile": pruned_meanwhile,
    "films that change while they are read": images_change,
    "a clock that jumps": clock_jumps,
    "two commands at once": two_at_once,
} | {f"damaged: {what}": partial(damaged, what) for what in DAMAGED}
