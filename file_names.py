"""Names of files made of names that people gave: safe on any system, and each its own."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import count
from unicodedata import normalize

from escapes import HIDDEN

# In bytes; file systems take 255, an ending included.
LONGEST = 200
# Devices of Windows, whatever their ending.
RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?:\.|$)", re.IGNORECASE)
UNNAMED = "unnamed"


def file_names(texts: Iterable[str]) -> list[str]:
    """A name for the file of each text, numbered where a file system may take two for the same."""
    names = [harmless(text) for text in texts]
    alike = Counter(map(_key, names))
    taken = {key for key, times in alike.items() if times == 1}
    told = []
    for number, name in enumerate(names, 1):
        if alike[_key(name)] > 1:
            tries = (f"{name}-{number}{'_' * more}" for more in count())
            name = next(each for each in tries if _key(each) not in taken)
            taken.add(_key(name))
        told.append(name)
    return told


def harmless(text: str) -> str:
    """Text as a file's name without its ending, or as a part of it, on any system."""
    name = re.sub(r"[^\w.-]+", "_", HIDDEN.sub("_", text)).lstrip("_.-").rstrip("_.")
    # Of a long name the end tells most.
    name = name.encode()[-LONGEST:].decode(errors="ignore").lstrip("_.-") or UNNAMED
    return f"_{name}" if RESERVED.match(name) else name


def is_possible(name: str) -> bool:
    """Whether a name of harmless characters has a length that files may have and is no device."""
    return len(name.encode()) <= LONGEST and not RESERVED.match(name)


def _key(name: str) -> str:
    """What names share that some file system takes for the same."""
    return normalize("NFKD", name).casefold()
