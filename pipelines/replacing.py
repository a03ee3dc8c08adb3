"""What happens to a bundle that is already in the output folder of `train`."""

from datetime import datetime
from itertools import count
from pathlib import Path

from datasets.images import Images
from errors import BundleUnusable
from features.recipe import digest_of_ids
from models import bundle
from models.bundle_manifest import CONTENTS, Manifest, contents
from pipelines.command_options import Train
from progress import say, warn

MINUTE = "%Y-%m-%d-%H%M"


def announced(images: Images, options: Train) -> Path | None:
    """Where a bundle of another data set or classifier is kept; None if it is replaced.

    A message before the training announces what happens to the bundle in `--out`.
    """
    folder = options.out
    if not (folder / CONTENTS).is_file():
        return None
    manifest = contents(folder)
    made = datetime.fromtimestamp((folder / CONTENTS).stat().st_mtime)
    held = (
        f"{folder} holds a {manifest.get('classifier')} bundle trained on {manifest.get('data')},"
        f" written {made:%Y-%m-%d %H:%M}"
    )
    if not (why := _differences(manifest, images, options)):
        say(f"{held}; the new bundle will replace it")
        return None
    kept = _unused(folder.with_name(f"{folder.name}-{made.strftime(MINUTE)}"))
    warn(f"{held}. It differs in {' and '.join(why)}, so it will be kept as {kept}")
    return kept


def _differences(manifest: Manifest, images: Images, options: Train) -> list[str]:
    """How the bundle differs from the one to come; [] if it may be replaced."""
    try:
        bundle.check_contents(manifest, options.out)
    except BundleUnusable:
        return ["format"]
    differs = {
        "classifier": manifest["classifier"] != options.classifier,
        "data set": manifest["data"] != images.source or _other_images(manifest, images),
        "labels": manifest["labels"] != list(images.label_names),
    }
    return [name for name, other in differs.items() if other]


def _other_images(manifest: Manifest, images: Images) -> bool:
    """Whether the bundle, of the same split, is known to have other training images."""
    if manifest["split"] != images.split_name:
        return False
    learned = [view["recipe"].get("trained_on") for view in manifest["views"].values()]
    return any(each not in (None, digest_of_ids(images.ids[images.train])) for each in learned)


def _unused(path: Path) -> Path:
    """The path, or the first of `path-2`, `path-3`, … that does not exist."""
    others = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return path if not path.exists() else next(each for each in others if not each.exists())
