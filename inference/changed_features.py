"""Features of unchanged and of changed images as trained bundles take them, each computed once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.image_change import Change
from datasets.images import Images
from datasets.options import Work
from errors import ImageUnreadable, InvalidOption
from features.branch import Branch
from features.changed import changed
from features.extracted import Extracted, compute
from features.extractor import learns
from features.recipe import LEARNED, digest
from features.store import FeatureStore
from inference.cached_features import recipe_in
from inference.working_bundle import WorkingBundle

Blocks = dict[str, np.ndarray]


@dataclass(frozen=True)
class BundleFeatures:
    """Features of the same images for several bundles, which share extractors where they can.

    `places` has the branch of each block, by bundle.
    """

    plain: Extracted
    places: Mapping[str, Mapping[str, str]]
    options: Work

    @property
    def images(self) -> Images:
        """The images that could be read."""
        return self.plain.images

    def unchanged(self) -> dict[str, Blocks]:
        """The features of each bundle's blocks, a row per image."""
        return self._of(self.plain)

    def after(self, changes: Sequence[Change]) -> Iterator[dict[str, Blocks]]:
        """The same after each change; each image file is decoded once for all of them.

        The features of one change at a time are in memory.
        """
        for each in changed(self.images, self.plain.branches, changes, self.options):
            if len(each.images) != len(self.images):
                raise ImageUnreadable(
                    f"Images must stay as they are during a run; {each.images.skipped[-1].id} can"
                    " no longer be read. Run the command again."
                )
            yield self._of(each)

    def _of(self, extracted: Extracted) -> dict[str, Blocks]:
        values = {name: extracted.features(name).values for name in extracted.branches}
        return {
            bundle: {block: values[place] for block, place in places.items()}
            for bundle, places in self.places.items()
        }


def bundle_features(
    bundles: Mapping[str, WorkingBundle], images: Images, options: Work
) -> BundleFeatures:
    """The features of images for these bundles, from the cache where it has them."""
    branches: dict[str, Branch] = {}
    places: dict[str, dict[str, str]] = {}
    for name, working in bundles.items():
        _check_computable(working)
        for block in working.bundle.views:
            branch = _branch(working, block, images, options.cache)
            places.setdefault(name, {})[block] = _added(branches, block, branch)
    return BundleFeatures(compute(images, branches, options), places, options)


def _added(branches: dict[str, Branch], block: str, branch: Branch) -> str:
    """The name under which a branch is, or is added: that of its block if no other has it."""
    folder = branch.store.folder
    for name, each in branches.items():
        if each.store.folder == folder:
            return name
    name = folder.name if block in branches else block
    branches[name] = branch
    return name


def _check_computable(working: WorkingBundle) -> None:
    if working.from_files:
        raise InvalidOption(
            "Features must be computable from changed images; those of"
            f" {' and '.join(working.from_files)} come from a file. Name a bundle whose features"
            " all come from images."
        )


def _branch(working: WorkingBundle, block: str, images: Images, cache: Path) -> Branch:
    """The branch of a block: that of `extract`, or one of its own if another vocabulary is there.

    Images of the same names may have taught the extractors of `extract` another vocabulary.
    """
    extractor, view = working.extractors[block], working.bundle.views[block]
    recipe = recipe_in(working, block, images)
    if learns(extractor):
        state = digest(view.state)
        folder = FeatureStore(cache, recipe, used=False).folder
        if {path.stem for path in folder.glob("learned-*.npz")} - {f"learned-{state}"}:
            recipe |= {LEARNED: state}
    store = FeatureStore(cache, recipe)
    if learns(extractor):
        store.save_learned(extractor)
    return Branch(extractor, store)
