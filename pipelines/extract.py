"""`extract`: films to cached vectors."""

import os
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from datasets import images
from datasets.films import Films
from errors import StorageFailed
from features import extraction, parts, stations
from features.digests import Digests
from features.extraction import Branch
from features.parts import Crew, Plan
from features.recipe import recipe_of
from features.store import FeatureStore
from features.table import Features
from pipelines import choices, extractors, leaks, sources
from pipelines.clusters import estimate, opening
from pipelines.options import Extract, Extraction, Work
from pipelines.results import Result
from pipelines.sizes import size_of
from progress import say, warn


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
        """Digest of each film's file as it was read, though it may have changed since."""
        return [self.digests.last(path) for path in self.films.paths]


def run(options: Extract) -> Result:
    """Counts as text and JSON; the vectors are in the cache."""
    films = sources.films_of(options)
    say(sources.headline(films))
    choices.announce(options)
    if options.estimate:
        return estimate.estimated(films, extractors.build(options, films.synthetic), options)
    with opening.opened(options.cluster) as crew:
        extracted = extract(films, options, crew)
    sources.write_skipped(extracted.films, options.out)
    values = _values(extracted)
    return Result([*_lines(extracted, values)], values, len(extracted.films.skipped))


def extract(films: Films, options: Extraction, crew: Crew | None = None) -> Extracted:
    """The films with every asked vector computed, those that could not be read left out.

    A crew computes them; without one this process does.
    """
    training_ids, decoders = films.ids[films.train], images.decoders(films.paths)
    made = extractors.build(options, films.synthetic).items()
    branches = {
        name: Branch(
            extractor,
            FeatureStore(options.cache, recipe_of(name, extractor, training_ids, decoders)),
        )
        for name, extractor in made
    }
    extracted = compute(films, branches, options, crew)
    _tell_stale(films, extracted)
    found = leaks.with_note(extracted.films, extracted.keys())
    notes = (*found.notes, *choices.replaced(options))
    return replace(extracted, films=replace(found, notes=notes))


def compute(
    films: Films, branches: dict[str, Branch], options: Work, crew: Crew | None = None
) -> Extracted:
    """The same by extractors that are made already, each with the store of its vectors."""
    started = time.monotonic()
    jobs = sources.cores(options.jobs)
    digests = Digests(sources.cache_folder(options.cache))
    for branch in branches.values():
        # Nothing else comes of `extract`; other commands use what they compute and may lose it.
        branch.store.shelf.must_keep = isinstance(options, Extract)
        if branch.extractor.learns:
            branch.extractor.set_params(n_jobs=jobs)
            if not branch.store.has_learned():
                _check_kept([branch])
        extraction.learn(branch, films, jobs)
        branch.store.refresh()
    plan = extraction.planned(films, branches, digests, jobs)
    with ExitStack() as stack:
        away = None
        if crew and len(plan):
            away = stack.enter_context(stations.away(branches, plan, options.cache, crew))
        _check_room(plan, branches, away.widths if away else {}, options)
        work = away.work if away else None
        skipped = extraction.extract(plan, branches, digests, jobs, work)
    gone = {film.id for film in skipped}
    kept = films.select(np.array([name not in gone for name in films.ids], bool), tuple(skipped))
    return Extracted(kept, branches, digests, time.monotonic() - started)


def _tell_stale(films: Films, extracted: Extracted) -> None:
    """Warn where a vocabulary was learned from training films that have changed since."""
    branches = extracted.branches
    learned = {
        name: set(getattr(branch.extractor, "learned_from_", ()))
        for name, branch in branches.items()
        if branch.extractor.learns
    }
    if not learned:
        return
    for path in films.paths[films.train]:
        found = extracted.digests.of(path)
        for changed in learned.values():
            changed.discard(found)
    for name, changed in learned.items():
        if changed:
            warn(
                f"{name} learned from {len(changed):,} films that have changed since; to learn"
                f" anew, delete {branches[name].store.folder}"
            )


def _check_room(
    plan: Plan, branches: dict[str, Branch], widths: dict[str, int], options: Work
) -> None:
    """Say how much will be written; more than the disk has room for is refused before it starts.

    Widths that are not known are asked of the extractors.
    """
    sizes = {}
    for name, missing in zip(plan.branches, plan.lacking.sum(axis=0).tolist(), strict=True):
        if missing:
            extractor = branches[name].extractor
            sizes[name] = missing * parts.bytes_a_film(
                extractor, widths.get(name) or extractor.width
            )
    needed = sum(sizes.values())
    if not needed:
        return
    _check_kept(branches[name] for name in sizes)
    told = ", ".join(f"{name} {size_of(size)}" for name, size in sizes.items())
    say(f"up to {size_of(needed)} will be written to {options.cache}: {told}")
    free = shutil.disk_usage(options.cache).free
    if needed > free:
        raise StorageFailed(
            f"The vectors need up to {size_of(needed)}; {options.cache} has {size_of(free)}"
            " left. Free some space, or name another folder with --cache."
        )


def _check_kept(branches: Iterable[Branch]) -> None:
    """Refuse to compute for hours what must be kept and cannot be."""
    for branch in branches:
        folder = branch.store.folder
        if branch.store.shelf.must_keep and not os.access(folder, os.W_OK):
            raise StorageFailed(
                f"`extract` keeps what it computes; {folder} lacks some features, and can be read"
                " but not written. Ask its owner for permission to write there, or name a folder of"
                " your own with --cache."
            )


def _values(extracted: Extracted) -> dict[str, Any]:
    films, keys = extracted.films, extracted.keys()
    return {
        "source": films.source,
        "synthetic": films.synthetic,
        "films": len(films),
        "seconds": extracted.seconds,
        "skipped": dict(films.skipped),
        "extractors": {
            name: {
                "width": branch.store.width,
                "computed": branch.computed,
                "from_cache": len(films) - branch.computed,
                "without_keypoints": branch.store.count_blank(keys),
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
