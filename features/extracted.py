"""The extraction service: every feature of a set of images computed, cached and aligned.

Files that are in several sets of a split under several names are found by their bytes, and named.
"""

import os
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from datasets import image_files, sources
from datasets.images import Images
from datasets.options import Work
from errors import StorageFailed
from features import extraction_loop, extraction_plan
from features.branch import Branch
from features.digests import Digests
from features.extraction_plan import Crew, Plan
from features.extractor import Extractor, learns
from features.recipe import recipe_of
from features.store import Features, FeatureStore
from progress import say, size_of, warn


@dataclass(frozen=True)
class Extracted:
    """Films whose vectors are in the stores, and what it took to get them there."""

    images: Images
    branches: dict[str, Branch]
    digests: Digests
    seconds: float

    def features(self, name: str) -> Features:
        """Vectors of one extractor, a row per film."""
        return self.branches[name].store.read(self.images.ids, self.keys())

    def keys(self) -> list[str]:
        """Digest of each film's file as it was read, though it may have changed since."""
        return [self.digests.last(path) for path in self.images.paths]


def extract(
    images: Images,
    made: dict[str, Extractor],
    options: Work,
    crew: Crew | None = None,
    must_keep: bool = False,
) -> Extracted:
    """The images with the features of every extractor made, those that cannot be read left out.

    A crew computes them; without one this process does. What must be kept is refused where the
    cache cannot be written.
    """
    training_ids, decoders = images.ids[images.train], image_files.decoders(images.paths)
    branches = {
        name: Branch(
            extractor,
            FeatureStore(options.cache, recipe_of(name, extractor, training_ids, decoders)),
        )
        for name, extractor in made.items()
    }
    extracted = compute(images, branches, options, crew, must_keep)
    _tell_stale(images, extracted)
    return replace(extracted, images=with_note(extracted.images, extracted.keys()))


def compute(
    images: Images,
    branches: dict[str, Branch],
    options: Work,
    crew: Crew | None = None,
    must_keep: bool = False,
) -> Extracted:
    """The same by extractors that are made already, each with the store of its vectors."""
    started = time.monotonic()
    jobs = sources.cores(options.jobs)
    digests = Digests(sources.cache_folder(options.cache))
    for branch in branches.values():
        branch.store.shelf.must_keep = must_keep
        if learns(branch.extractor):
            branch.extractor.set_params(n_jobs=jobs)
            if not branch.store.has_learned():
                _check_kept([branch])
        extraction_loop.learn(branch, images, jobs)
        branch.store.refresh()
    plan = extraction_loop.planned(images, branches, digests, jobs)
    with ExitStack() as stack:
        away = None
        if crew and len(plan):
            away = stack.enter_context(crew.extracting(branches, plan, options.cache))
        _check_room(plan, branches, away.widths if away else {}, options)
        work = away.work if away else None
        skipped = extraction_loop.extract(plan, branches, digests, jobs, work)
    gone = {image.id for image in skipped}
    kept = images.select(np.array([name not in gone for name in images.ids], bool), tuple(skipped))
    return Extracted(kept, branches, digests, time.monotonic() - started)


def with_note(images: Images, keys: Sequence[str]) -> Images:
    """Films, by the digests of their files; with a warning and a note if a file is in two parts."""
    table = pd.DataFrame({"key": keys, "set": images.sets})[images.sets != ""]
    n_sets = table.groupby("key")["set"].nunique()
    leaking = images.ids[np.isin(keys, n_sets.index[n_sets > 1])]
    if not len(leaking):
        return images
    note = (
        f"{len(leaking):,} films are the same file as one in another part of the split, such as"
        f" {leaking[0]}: figures are too good. `data --duplicates --save-split FILE` mends it"
    )
    warn(note)
    return replace(images, notes=(*images.notes, note))


def _tell_stale(images: Images, extracted: Extracted) -> None:
    """Warn where a vocabulary was learned from training films that have changed since."""
    branches = extracted.branches
    learned = {
        name: set(branch.extractor.learned_from_)
        for name, branch in branches.items()
        if learns(branch.extractor)
    }
    if not learned:
        return
    for path in images.paths[images.train]:
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
            sizes[name] = missing * extraction_plan.bytes_per_image(
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
