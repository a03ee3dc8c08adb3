"""Features of images that are in the cache already, so that a trained bundle can take them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from datasets import image_files, sources
from datasets.images import Images
from errors import ImageUnreadable
from features.digests import Digests
from features.extractor import learns
from features.recipe import Recipe, digest, recipe_of
from features.store import FeatureStore
from inference.working_bundle import NOTHING, WorkingBundle


class Known(NamedTuple):
    """Cached features by extractor, and the digest of the file they were computed from.

    Embeddings that a file gives for an image do not depend on the image's own file.
    """

    digest: str
    features: dict[str, np.ndarray]
    given: Mapping[str, np.ndarray] = NOTHING

    def of(self, data: bytes) -> dict[str, np.ndarray]:
        """The features, if a file still has the bytes that they were computed from."""
        cached = self.features if self.features and digest(data) == self.digest else {}
        return {**cached, **self.given}


NOT_CACHED = Known("", {})


class CachedFeatures:
    """What `extract`, `train` or `compare` left in a cache for the images of a data set.

    The cache is only read. Files without a data set are computed: that takes less time than looking
    through a cache.
    """

    def __init__(self, working: WorkingBundle, images: Images, cache: Path | None) -> None:
        self.stores: dict[str, FeatureStore] = {}
        self.given = working.given
        if images.format == sources.FILES or cache is None:
            return
        self.digests = Digests(cache)
        for name in working.extractors:
            if store := _store(working, name, images, cache):
                self.stores[name] = store

    def of(self, ids: np.ndarray, paths: np.ndarray) -> Sequence[Known]:
        """What is known of each image, if its file is as it was when features were computed."""
        given = {name: each.of(ids).values for name, each in self.given.items()}
        cached = self._cached(ids, paths) if self.stores else [NOT_CACHED] * len(paths)
        if not given:
            return cached
        rows = (dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True))
        return [known._replace(given=row) for known, row in zip(cached, rows, strict=True)]

    def _cached(self, ids: np.ndarray, paths: np.ndarray) -> list[Known]:
        """What the stores have of each image."""
        stored = np.any([store.may_hold(ids) for store in self.stores.values()], axis=0)
        digests = [
            self._digest(path) if here else "" for path, here in zip(paths, stored, strict=True)
        ]
        known = [Known(each, {}) for each in digests]
        for name, store in self.stores.items():
            rows = np.flatnonzero(store.rows.find(digests)["part"] >= 0)
            values = store.read(ids[rows], [digests[row] for row in rows]).values
            for row, features in zip(rows, values, strict=True):
                known[row].features[name] = features
        return known

    def _digest(self, path: str) -> str:
        """The digest of a file as it is now; it is read if it may have changed."""
        with suppress(ImageUnreadable):
            return self.digests.of(path) or digest(image_files.read_bytes(path))
        return ""


def recipe_in(working: WorkingBundle, name: str, images: Images) -> Recipe:
    """The recipe of a block's features of these images, which the bundle's training has used."""
    decoders = image_files.decoders(images.paths)
    recipe = recipe_of(name, working.extractors[name], np.array([]), decoders)
    return recipe | {"trained_on": working.bundle.views[name].recipe["trained_on"]}


def _store(working: WorkingBundle, name: str, images: Images, cache: Path) -> FeatureStore | None:
    """The features of the bundle's own extractor; None if the cache has none."""
    extractor, view = working.extractors[name], working.bundle.views[name]
    recipe = recipe_in(working, name, images)
    # Opening a store for use would create its folder.
    if not FeatureStore(cache, recipe, used=False).folder.is_dir():
        return None
    store = FeatureStore(cache, recipe)
    if learns(extractor):
        store.learned_digest = digest(view.state)
        # Images of the same names may have taught another vocabulary.
        if {path.stem for path in store.folder.glob("learned-*.npz")} != {
            f"learned-{store.learned_digest}"
        }:
            return None
    return store.refresh()
