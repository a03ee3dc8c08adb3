"""Features of changed images, through the ordinary cache: what changes is part of the recipe."""

from collections.abc import Mapping, Sequence

import arrays
from datasets.image_change import Change
from datasets.images import Images
from datasets.options import Work
from features.branch import Branch
from features.extracted import Extracted, compute
from features.extraction_plan import Crew
from features.extractor import learns
from features.recipe import digest, with_change
from features.store import FeatureStore


def changed(
    images: Images,
    branches: Mapping[str, Branch],
    changes: Sequence[Change],
    options: Work,
    crew: Crew | None = None,
) -> list[Extracted]:
    """The features of these images after each change, in the order of the changes.

    `branches` are those of unchanged images, whose extractors have learned what they need; nothing
    is learned from changed images. Each file is decoded once for all changes. Images that cannot
    be read are missing from each result alike.
    """
    made = {
        (name, place): _changed(branch, change, options)
        for place, change in enumerate(changes)
        for name, branch in branches.items()
    }
    named = {f"{name} {place}": branch for (name, place), branch in made.items()}
    whole = compute(images, named, options, crew)
    return [
        Extracted(
            whole.images,
            {name: made[name, place] for name in branches},
            whole.digests,
            whole.seconds,
        )
        for place in range(len(changes))
    ]


def _changed(branch: Branch, change: Change, options: Work) -> Branch:
    """A branch for changed images that shares the extractor."""
    extractor, learned = branch.extractor, ""
    if learns(extractor):
        learned = digest(arrays.learned_bytes(extractor))
    recipe = with_change(branch.store.recipe, learned, change)
    store = FeatureStore(options.cache, recipe)
    if learns(extractor):
        store.save_learned(extractor)
    return Branch(extractor, store, change)
