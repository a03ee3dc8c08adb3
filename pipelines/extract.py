"""`extract`: turn images into cached features."""

from collections.abc import Iterable
from typing import Any

from clusters import opening
from datasets import sources
from features.extracted import Extracted
from pipelines import Result, asked_features, choices, chosen_extractors, estimate
from pipelines.command_options import Extract
from pipelines.recorded import recorded
from progress import say


@recorded("extract")
def run(options: Extract) -> Result:
    """Counts as text and JSON; the features are in the cache."""
    images = asked_features.images_of(options)
    say(sources.headline(images))
    choices.announce(options)
    if options.estimate:
        return estimate.estimated(
            images, chosen_extractors.build(options, images.synthetic), options
        )
    with opening.opened(options.cluster) as crew:
        extracted = asked_features.extract(images, options, crew, must_keep=True)
    sources.write_skipped(extracted.images, options.out)
    values = _values(extracted)
    return Result([*_lines(extracted, values)], values, len(extracted.images.skipped))


def _values(extracted: Extracted) -> dict[str, Any]:
    images, keys = extracted.images, extracted.keys()
    return {
        "source": images.source,
        "synthetic": images.synthetic,
        "films": len(images),
        "seconds": extracted.seconds,
        "skipped": dict(images.skipped),
        "extractors": {
            name: {
                "width": branch.store.width,
                "computed": branch.computed,
                "from_cache": len(images) - branch.computed,
                "without_keypoints": branch.store.count_blank(keys),
                "folder": str(branch.store.folder),
            }
            for name, branch in extracted.branches.items()
        },
        "embeddings": {name: each.facts for name, each in extracted.given.items()},
    }


def _lines(extracted: Extracted, values: dict[str, Any]) -> Iterable[str]:
    yield sources.headline(extracted.images)
    for name, counts in values["extractors"].items():
        yield (
            f"{name}: {counts['computed']:,} computed, {counts['from_cache']:,} from cache,"
            f" {counts['width']:,} features per image, in {counts['folder']}"
        )
        if counts["without_keypoints"]:
            count = f"{counts['without_keypoints']:,} images"
            yield f"{name}: {count} have no keypoints; their features are zeros"
    for name, facts in values["embeddings"].items():
        yield f"{name}: from {facts['file']}, {facts['width']:,} features per image"
    computed = max((counts["computed"] for counts in values["extractors"].values()), default=0)
    rate = computed / extracted.seconds
    yield f"{extracted.seconds:,.1f} s" + (f", {rate:,.1f} images/s" if computed else "")
    for image in extracted.images.skipped:
        yield f"skipped {image.id}: {image.reason}"
