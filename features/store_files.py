"""Names of files in a feature store, and whether this program made a folder."""

import os
import re
from pathlib import Path

import storage
from features.recipe import digest

# `<extractor>-<fingerprint>`, and the name of a file while it is written.
NAME = re.compile(r"\w+-[0-9a-f]{12}")
TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.tmp(\.\w+)?")
KEPT = re.compile(r"(?P<kind>part|learned)-(?P<digest>[0-9a-f]{32})\.(parquet|npz)")
ASIDE = re.compile(rf"damaged-{KEPT.pattern}")


def is_known(name: str, recipe: str) -> bool:
    """Whether a file in a store has a name that this program gives."""
    return name == recipe or any(each.fullmatch(name) for each in (KEPT, ASIDE, TEMPORARY))


def holds_a_part(folder: Path) -> bool:
    """Whether a file in a folder has the digest of its bytes as its name."""
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
