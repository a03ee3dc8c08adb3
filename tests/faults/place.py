"""Small films with a cache, a bundle, a run and score tables, and the commands on them."""

import hashlib
import json
import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import cli
from features import branch as feature_branch
from features.digests import Digests
from features.store import FeatureStore
from features.upkeep import stores
from tests import fakes
from tests.faults import hooks
from tests.faults.forks import Ended, forked

IMAGES = 40
NOTHING = "no result"
WORDS = "orb_words.n_words=8 orb_words.image_size=128"
TREES = f"{WORDS} xgboost.views=words xgboost.n_estimators=8"
# What differs from run to run without meaning anything.
PASSING = ("fit_seconds", "seconds", "made")
WORK = "--extractors orb_words --cache {work}/cache --data {images} --jobs 2"
LINES = {
    "extract": f"extract {WORK} --set '{WORDS}' --out {{work}}/extract",
    "train": f"train {WORK} --set '{TREES}' --classifier xgboost --out {{work}}/bundle",
    "compare": f"compare {WORK} --set '{TREES} logistic.views=words' --classifiers"
    " logistic,xgboost --baseline logistic --replicates 40 --out {work}/run",
    "predict": "predict --bundle {work}/bundle --data {images} --out {work}/predict",
    "save split": "data --data {images} --save-split {work}/split.json --out {work}/data",
    "data": "data --data {images} --split {work}/split.json --save-split {work}/data/split.json"
    " --out {work}/data",
    "score": "score --labels {work}/labels.csv --scores first={work}/first.csv"
    " --scores second={work}/second.csv --replicates 40 --out {work}/score",
    "cache list": "cache list --cache {work}/cache",
    "cache verify": "cache verify --cache {work}/cache",
}
COMMANDS = {name: shlex.split(line) for name, line in LINES.items()}
COMMANDS["resume"] = [*COMMANDS["compare"], "--resume"]


class Place:
    """A folder in which every trial begins with the same files."""

    def __init__(self, root: Path, commands: Sequence[str]) -> None:
        self.images, self.work = root / "films", root / "work"
        self.kept, self.kept_images = root / "kept", root / "kept films"
        # Parts of a few rows, so that a short run writes many.
        feature_branch.ROWS_PER_PART = 4
        for number in range(IMAGES):
            kind, size = (("sick", 64), ("well", 128))[number % 2]
            fakes.write_picture(self.images / kind / f"f{number}.png", number, size=size)
        shutil.copytree(self.images, self.kept_images)
        self.work.mkdir()
        self._write_tables()
        self.expected: dict[str, str] = {}
        self.changes: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        for command in commands:
            self._expect(command)
        shutil.copytree(self.work, self.kept)

    def call(self, command: str) -> Callable[[], int]:
        """The command as a call that gives its exit code."""
        return partial(cli.main, [word.format(**vars(self)) for word in COMMANDS[command]])

    def run(self, command: str) -> Ended:
        """How the command ends."""
        return forked(self.call(command))

    def restore(self) -> None:
        """All files as they were."""
        self.clear(*(path.name for path in self.work.iterdir()))
        shutil.copytree(self.kept, self.work, dirs_exist_ok=True)

    def mend(self, name: str) -> None:
        """The films, or one file or folder that commands read, as it was."""
        place, kept = self.work / name, self.kept / name
        if name == "films":
            place, kept = self.images, self.kept_images
        if kept.is_dir():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(kept, place)
        elif kept.is_file():
            shutil.copy2(kept, place)

    def clear(self, *names: str) -> None:
        """Remove these files and folders of the work."""
        for path in (self.work / name for name in names):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def result(self, command: str) -> str:
        """A digest of what a command leaves behind that must not depend on anything else."""
        ended = forked(lambda: print(_digest(RESULTS[command](self.work))))
        return ended.out.strip() or f"{NOTHING}: {ended.err[-300:]}"

    def _expect(self, command: str) -> None:
        """What an undisturbed command leaves, the same twice; and how often it changes files."""

        def counting() -> int:
            done = []
            hooks.on_change(self.work, done.append)
            code = self.call(command)()
            print(f"changes {len(done)}")
            return code

        started = time.monotonic()
        ended = forked(counting)
        self.seconds[command] = time.monotonic() - started
        assert ended.how == "done", ended
        self.changes[command] = int(ended.out.split()[-1])
        self.expected[command] = self.result(command)
        self.run(command)
        again = self.result(command)
        assert again == self.expected[command], command
        assert not again.startswith(NOTHING), again

    def _write_tables(self) -> None:
        rng = np.random.default_rng(0)
        ids = [f"film{row}.png" for row in range(60)]
        truth = pd.DataFrame({"image": ids, "patient": [f"p{row // 2}" for row in range(60)]})
        for label in ("Effusion", "Mass"):
            truth[label] = rng.integers(0, 2, 60)
        truth.to_csv(self.work / "labels.csv", index=False)
        for model in ("first", "second"):
            scores = pd.DataFrame({"id": ids} | {x: rng.random(60) for x in ("Effusion", "Mass")})
            scores.to_csv(self.work / f"{model}.csv", index=False)


def vectors(work: Path) -> list[object]:
    """Every vector in the cache by its film's digest."""
    found = []
    for stored in stores(work / "cache"):
        store = FeatureStore(work / "cache", stored.recipe)
        store.load_learned(Digests(work / "cache"))
        keys = sorted(store.refresh().rows)
        found.append([store.name, keys, store.read(np.array(keys, object), keys).values.tolist()])
    return found


def files(*patterns: str) -> Callable[[Path], list[object]]:
    """Gives names and bytes of the files that fit, JSON without what passes."""

    def read(work: Path) -> list[object]:
        paths = sorted(path for pattern in patterns for path in work.glob(pattern))
        # What a killed process had not finished has a name that begins with a dot.
        shown = [path for path in paths if path.is_file() and not path.name.startswith(".")]
        return [[str(path.relative_to(work)), _read(path)] for path in shown]

    return read


def _read(path: Path) -> object:
    if path.name == "config.toml":
        return [line for line in path.read_text().splitlines() if not line.startswith("date = ")]
    if path.name != "report.json":
        return path.read_bytes().hex()
    return _lasting(json.loads(path.read_text()))


def _lasting(told: object) -> object:
    if isinstance(told, dict):
        return {name: _lasting(value) for name, value in told.items() if name not in PASSING}
    return [_lasting(value) for value in told] if isinstance(told, list) else told


def _digest(found: object) -> str:
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


REPORT = files("run/report.json", "run/predictions/*", "run/skipped.csv")
RESULTS = {
    "extract": lambda work: [vectors(work), files("extract/skipped.csv")(work)],
    "train": files("bundle/**/*"),
    "compare": REPORT,
    "resume": REPORT,
    "predict": files("predict/*"),
    "save split": files("split.json"),
    "data": files("data/split.json", "data/skipped.csv"),
    "score": files("score/report.json", "score/predictions/*"),
    "cache list": vectors,
    "cache verify": vectors,
}
