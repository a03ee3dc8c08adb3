"""`extract`: films to cached vectors."""

from collections.abc import Iterable
from typing import Any

from clusters import opening
from datasets import sources
from features.extracted import Extracted
from pipelines import Result, asked_features, choices, chosen_extractors, estimate
from pipelines.command_options import Extract
from progress import say


def run(options: Extract) -> Result:
    """Counts as text and JSON; the vectors are in the cache."""
    images = sources.images_of(options)
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
    }


def _lines(extracted: Extracted, values: dict[str, Any]) -> Iterable[str]:
    yield sources.headline(extracted.images)
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
    for image in extracted.images.skipped:
        yield f"skipped {image.id}: {image.reason}"
