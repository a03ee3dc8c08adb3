"""What becomes of the bundle that `train` finds in its output folder."""

from datetime import datetime
from itertools import count
from pathlib import Path

from datasets.images import Images
from errors import BundleUnusable
from features.recipe import digest_of_ids
from models import bundle
from models.bundle_manifest import CONTENTS, Told, contents
from pipelines.command_options import Train
from progress import say, warn

MINUTE = "%Y-%m-%d-%H%M"


def announced(images: Images, options: Train) -> Path | None:
    """Where a bundle of another data set or classifier is kept; None where nothing is kept.

    The user reads before the training what happens to the bundle in `--out`.
    """
    folder = options.out
    if not (folder / CONTENTS).is_file():
        return None
    told = contents(folder)
    made = datetime.fromtimestamp((folder / CONTENTS).stat().st_mtime)
    held = (
        f"{folder} holds a {told.get('classifier')} bundle trained on {told.get('data')},"
        f" written {made:%Y-%m-%d %H:%M}"
    )
    if not (why := _differences(told, images, options)):
        say(f"{held}; the new bundle will replace it")
        return None
    kept = _unused(folder.with_name(f"{folder.name}-{made.strftime(MINUTE)}"))
    warn(f"{held}. It differs in {' and '.join(why)}, so it will be kept as {kept}")
    return kept


def _differences(told: Told, images: Images, options: Train) -> list[str]:
    """What the bundle there does not share with the one to come; [] if it may be replaced."""
    try:
        bundle.check_contents(told, options.out)
    except BundleUnusable:
        return ["format"]
    differs = {
        "classifier": told["classifier"] != options.classifier,
        "data set": told["data"] != images.source or _other_images(told, images),
        "labels": told["labels"] != list(images.label_names),
    }
    return [name for name, other in differs.items() if other]


def _other_images(told: Told, images: Images) -> bool:
    """Whether folders of one name, split alike, hold other training images, as far as it shows."""
    if told["split"] != images.split_name:
        return False
    learned = [view["recipe"].get("trained_on") for view in told["views"].values()]
    return any(each not in (None, digest_of_ids(images.ids[images.train])) for each in learned)


def _unused(path: Path) -> Path:
    """The path, or the first of `path-2`, `path-3`, … that is free."""
    others = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return path if not path.exists() else next(each for each in others if not each.exists())
