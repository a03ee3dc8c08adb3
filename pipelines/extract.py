"""`extract`: films to cached vectors."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from datasets.films import Films
from errors import StorageFailed
from features import extraction
from features.digests import Digests
from features.extraction import Branch
from features.recipe import recipe_of
from features.store import FeatureStore
from features.table import Features
from pipelines import extractors, sources
from pipelines.options import Extract, Work
from pipelines.results import Result
from progress import say, warn

BYTES_PER_NUMBER = 4
# What stands beside a vector in a part: its id and digest.
BYTES_PER_ROW = 80


@dataclass(frozen=True)
class Extracted:
    """Films whose vectors are in the stores, and what it took to get them there."""

    films: Films
    branches: dict[str, Branch]
    digests: Digests
    seconds: float

    def features(self, name: str) -> Features:
        """Vectors of one extractor, a row per film."""
        return self.branches[name].store.read(self.films.ids, self.keys())

    def keys(self) -> list[str]:
        """Digest of each film's file."""
        return [self.digests.of(path) for path in self.films.paths]


def run(options: Extract) -> Result:
    """Counts as text and JSON; the vectors are in the cache."""
    films = sources.films_of(options)
    say(sources.headline(films))
    extracted = extract(films, options)
    sources.write_skipped(extracted.films, options.out)
    values = _values(extracted)
    return Result("\n".join(_lines(extracted, values)), values, len(extracted.films.skipped))


def extract(films: Films, options: Extract) -> Extracted:
    """The films with every asked vector computed, those that could not be read left out."""
    training_ids = films.ids[films.train]
    made = extractors.build(options, films.synthetic).items()
    branches = {
        name: Branch(
            extractor, FeatureStore(options.cache, recipe_of(name, extractor, training_ids))
        )
        for name, extractor in made
    }
    extracted = compute(films, branches, options)
    _tell_stale(films, extracted)
    return extracted


def compute(films: Films, branches: dict[str, Branch], options: Work) -> Extracted:
    """The same by extractors that are made already, each with the store of its vectors."""
    started = time.monotonic()
    jobs = sources.cores(options.jobs)
    digests = Digests(sources.folder(options.cache))
    for branch in branches.values():
        if branch.extractor.learns:
            branch.extractor.set_params(n_jobs=jobs)
        extraction.learn(branch, films, jobs)
        branch.store.refresh()
    _check_room(films, branches, digests, options)
    skipped = extraction.extract(films, branches, digests, jobs)
    gone = {film.id for film in skipped}
    kept = films.select(np.array([name not in gone for name in films.ids], bool), tuple(skipped))
    return Extracted(kept, branches, digests, time.monotonic() - started)


def _tell_stale(films: Films, extracted: Extracted) -> None:
    """Warn where a vocabulary was learned from training films that have changed since."""
    now = {extracted.digests.of(path) for path in films.paths[films.train]}
    for name, branch in extracted.branches.items():
        changed = set(getattr(branch.extractor, "learned_from_", ())) - now
        if changed:
            warn(
                f"{name} learned from {len(changed):,} films that have changed since; to learn"
                f" anew, delete {branch.store.folder}"
            )


def _check_room(films: Films, branches: dict[str, Branch], digests: Digests, options: Work) -> None:
    """Say how much will be written; more than the disk has room for is refused before it starts."""
    sizes = {}
    for name, branch in branches.items():
        missing = sum(digests.of(path) not in branch.store.rows for path in films.paths)
        if missing:
            size = getattr(branch.extractor, "bytes_per_number", BYTES_PER_NUMBER)
            sizes[name] = missing * (branch.extractor.width * size + BYTES_PER_ROW)
    needed = sum(sizes.values())
    if not needed:
        return
    told = ", ".join(f"{name} {megabytes(size)}" for name, size in sizes.items())
    say(f"up to {megabytes(needed)} will be written to {options.cache}: {told}")
    free = shutil.disk_usage(options.cache).free
    if needed > free:
        raise StorageFailed(
            f"The vectors need up to {megabytes(needed)}; {options.cache} has {megabytes(free)}"
            " left. Free some space, or name another folder with --cache."
        )


def megabytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1e6:,.1f} MB"


def _values(extracted: Extracted) -> dict[str, Any]:
    films, keys = extracted.films, extracted.keys()
    return {
        "source": films.source,
        "synthetic": films.synthetic,
        "films": len(films),
        "seconds": extracted.seconds,
        "skipped": {film.id: film.reason for film in films.skipped},
        "extractors": {
            name: {
                "width": branch.store.width,
                "computed": branch.computed,
                "from_cache": len(films) - branch.computed,
                "without_keypoints": sum(branch.store.rows[key].blank for key in keys),
                "folder": str(branch.store.folder),
            }
            for name, branch in extracted.branches.items()
        },
    }


def _lines(extracted: Extracted, values: dict[str, Any]) -> Iterable[str]:
    yield sources.headline(extracted.films)
    for name, told in values["extractors"].items():
        yield (
            f"{name}: {told['computed']:,} computed, {told['from_cache']:,} from cache,"
            f" {told['width']:,} numbers a film, in {told['folder']}"
        )
        if told["without_keypoints"]:
            yield f"{name}: {told['without_keypoints']:,} films have no keypoints: zero rows"
    computed = max((told["computed"] for told in values["extractors"].values()), default=0)
    rate = computed / extracted.seconds
    yield f"{extracted.seconds:,.1f} s" + (f", {rate:,.1f} films/s" if computed else "")
    for film in extracted.films.skipped:
        yield f"skipped {film.id}: {film.reason}"
