"""The extraction service: all features of a set of images, computed, cached and aligned by id."""

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from types import MappingProxyType

import numpy as np
import pandas as pd

import inputs
from datasets import image_files, sources
from datasets.images import Images
from datasets.options import Work
from errors import StorageFailed
from features import extraction_loop, extraction_plan
from features.branch import Branch
from features.digests import Digests
from features.extraction_plan import Crew, Plan
from features.extractor import Extractor, is_network, learns
from features.given_features import DEEP, Given
from features.recipe import recipe_of
from features.store import Features, FeatureStore
from progress import detail, say, size_of, step, warn


@dataclass(frozen=True)
class Extracted:
    """Images whose features are in the stores, or came from files, and the seconds that it took.

    `variants` are branches of the same blocks by other settings, for a search to choose among.
    """

    images: Images
    branches: dict[str, Branch]
    digests: Digests
    seconds: float
    given: dict[str, Given] = field(default_factory=dict)
    variants: dict[str, Branch] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The blocks of features: embeddings from files stand where a network's would stand."""
        first = [name for name, each in self.given.items() if each.kind == DEEP]
        return list(dict.fromkeys([*first, *self.branches, *self.given]))

    def features(self, name: str) -> Features:
        """The features of one block, a row per image."""
        if name in self.given:
            return self.given[name].of(self.images.ids)
        branch = self.branches[name]
        return branch.store.read(self.images.ids, branch.keys(self.images.ids, self.keys()))

    def keys(self) -> list[str]:
        """The digest of each image file when it was read."""
        return self._keys

    def seen_keys(self) -> list[str]:
        """The digest of each file that a classifier learns from or is chosen by."""
        return [*compress(self.keys(), self.images.train | self.images.validation)]

    @cached_property
    def _keys(self) -> list[str]:
        return self.digests.each_last(self.images.paths)


def extract(
    images: Images,
    made: dict[str, Extractor],
    options: Work,
    crew: Crew | None = None,
    must_keep: bool = False,
    variants: Mapping[str, Extractor] = MappingProxyType({}),
) -> Extracted:
    """The readable images with the features of all these extractors and their variants.

    A crew computes missing features, else this process. With `must_keep`, a cache that cannot be
    written raises before the work starts.
    """
    training_ids, decoders = images.ids[images.train], image_files.decoders(images.paths)
    branches = {
        name: Branch(
            extractor,
            FeatureStore(options.cache, recipe_of(name, extractor, training_ids, decoders)),
        )
        for name, extractor in (made | {**variants}).items()
    }
    extracted = compute(images, branches, options, crew, must_keep)
    _warn_of_stale(extracted)
    extracted = _apart(extracted, variants)
    keys = extracted.keys()
    _note(extracted, keys)
    return replace(extracted, images=with_note(extracted.images, keys))


def extract_others(
    known: Extracted, images: Images, options: Work, crew: Crew | None = None
) -> Extracted:
    """Other images with features of the same extractors, which learn nothing from them."""
    branches = {
        name: Branch(branch.extractor, branch.store)
        for name, branch in (known.branches | known.variants).items()
    }
    extracted = _apart(compute(images, branches, options, crew), known.variants)
    _note(extracted, extracted.keys())
    return extracted


def _apart(extracted: Extracted, variants: Collection[str]) -> Extracted:
    """The same with the branches of these names as variants."""
    branches = extracted.branches
    own = {name: each for name, each in branches.items() if name not in variants}
    return replace(extracted, branches=own, variants={name: branches[name] for name in variants})


def _note(extracted: Extracted, keys: Sequence[str]) -> None:
    """Note the image files and the weights of networks that a running command uses."""
    images = extracted.images
    inputs.note_images(images.source, dict(zip(images.ids, images.paths, strict=True)), keys)
    for name, branch in extracted.branches.items():
        if weights := branch.store.recipe["content"].get("weights"):
            inputs.note(inputs.WEIGHTS, name, str(weights), f"The weights of {name}")


def compute(
    images: Images,
    branches: dict[str, Branch],
    options: Work,
    crew: Crew | None = None,
    must_keep: bool = False,
) -> Extracted:
    """Like `extract`, for extractors that already have stores."""
    started = time.monotonic()
    jobs = sources.cores(options.jobs)
    digests = Digests(sources.cache_folder(options.cache))
    for branch in branches.values():
        branch.store.shelf.must_keep = must_keep
        extractor = branch.extractor
        if (learns(extractor) or is_network(extractor)) and "n_jobs" in extractor.get_params():
            extractor.set_params(n_jobs=jobs)
        if learns(branch.extractor) and not branch.store.has_learned():
            _check_kept([branch])
        extraction_loop.learn(branch, images, jobs)
        step(f"opening the features of {branch.store.name}")
        branch.store.refresh()
    step("checking which image files have changed")
    plan = extraction_loop.planned(images, branches, digests, jobs)
    step("")
    # Changed images have many branches, whose caller shows what is under way.
    show = detail if any(branch.change for branch in branches.values()) else say
    _show_cached(plan, show)
    with ExitStack() as stack:
        away = None
        if crew and len(plan):
            away = stack.enter_context(crew.extracting(branches, plan, options.cache))
        _check_room(plan, branches, away.widths if away else {}, options, show)
        work = away.work if away else None
        skipped = extraction_loop.extract(plan, branches, digests, jobs, work)
    gone = {image.id for image in skipped}
    kept = images.select(np.array([name not in gone for name in images.ids], bool), tuple(skipped))
    return Extracted(kept, branches, digests, time.monotonic() - started)


def with_note(images: Images, keys: Sequence[str]) -> Images:
    """The images with a warning and a note if one file is in several sets of the split."""
    table = pd.DataFrame({"key": keys, "set": images.sets})[images.sets != ""]
    n_sets = table.groupby("key")["set"].nunique()
    leaking = images.ids[np.isin(keys, n_sets.index[n_sets > 1])]
    if not len(leaking):
        return images
    note = (
        f"{len(leaking):,} images have the same file as an image in another set of the split, such"
        f" as {leaking[0]}, so results are too good. `data --duplicates --save-split FILE` fixes it"
    )
    warn(note)
    return replace(images, notes=(*images.notes, note))


def _warn_of_stale(extracted: Extracted) -> None:
    """Warn if an extractor learned from training images that have changed since."""
    present = set(compress(extracted.keys(), extracted.images.train))
    for name, branch in extracted.branches.items():
        extractor, store = branch.extractor, branch.store
        changed = set(extractor.learned_from_) - present if learns(extractor) else ()
        if changed:
            warn(
                f"{name} learned from {len(changed):,} images that have changed since; delete"
                f" {store.folder} to learn again"
            )


def _show_cached(plan: Plan, show: Callable[[str], None]) -> None:
    """Show how many images have features already; if all do, only to those who want to know."""
    lacking = dict(zip(plan.branches, plan.lacking.sum(axis=0).tolist(), strict=True))
    n_images = len(plan.images)
    counts = [f"{name} {n_images - missing:,}" for name, missing in lacking.items()]
    if not any(lacking.values()):
        show = detail
    if counts:
        show(f"features cached: {', '.join(counts)} of {n_images:,} images")


def _check_room(
    plan: Plan,
    branches: dict[str, Branch],
    widths: dict[str, int],
    options: Work,
    show: Callable[[str], None],
) -> None:
    """Show how many bytes will be written; too many for the disk raise before the work starts.

    Widths that the crew does not report come from the extractors.
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
    each = ", ".join(f"{name} {size_of(size)}" for name, size in sizes.items())
    show(f"up to {size_of(needed)} will be written to {options.cache}: {each}")
    free = shutil.disk_usage(options.cache).free
    if needed > free:
        raise StorageFailed(
            f"The features need up to {size_of(needed)}; {options.cache} has {size_of(free)} left."
            " Free some space, or name another folder with --cache."
        )


def _check_kept(branches: Iterable[Branch]) -> None:
    """Refuse to compute features that must be kept if their folder cannot be written."""
    for branch in branches:
        folder = branch.store.folder
        if branch.store.shelf.must_keep and not os.access(folder, os.W_OK):
            raise StorageFailed(
                f"`extract` must be able to write its features; {folder} is read-only and lacks"
                " some. Ask its owner for permission to write there, or name a folder of your own"
                " with --cache."
            )
