"""Names in a store's folder, and which folders are stores that this program made."""

import os
import re
from pathlib import Path

import storage
from features.recipe import digest

# As `<extractor>-<fingerprint>`, and as a file is named while it is written.
NAME = re.compile(r"\w+-[0-9a-f]{12}")
TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.tmp(\.\w+)?")
KEPT = re.compile(r"(?P<kind>part|learned)-(?P<digest>[0-9a-f]{32})\.(parquet|npz)")
ASIDE = re.compile(rf"damaged-{KEPT.pattern}")


def is_known(name: str, recipe: str) -> bool:
    """Whether a file in a store's folder has a name that this program gives."""
    return name == recipe or any(each.fullmatch(name) for each in (KEPT, ASIDE, TEMPORARY))


def holds_a_part(folder: Path) -> bool:
    """Whether a file there is named by the digest of its bytes, as this program alone does."""
    for name in sorted(os.listdir(folder)):
        match = KEPT.fullmatch(name)
        try:
            if match and digest(storage.read_bytes(folder / name)) == match["digest"]:
                return True
        except OSError:
            continue
    return False


def digest_in_name(path: Path) -> str:
    """The digest in the name of a part or of what an extractor learned."""
    return path.stem.split("-", 1)[1]
