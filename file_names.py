"""File names made of any text, safe and unique on every system."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import count
from unicodedata import normalize

from escapes import HIDDEN

# In bytes; file systems allow 255 with the suffix.
LONGEST = 200
# Devices of Windows, with any suffix.
RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?:\.|$)", re.IGNORECASE)
UNNAMED = "unnamed"


def file_names(texts: Iterable[str]) -> list[str]:
    """A file name for each text, numbered if a file system may confuse two of them."""
    names = [harmless(text) for text in texts]
    alike = Counter(map(_key, names))
    taken = {key for key, times in alike.items() if times == 1}
    unique = []
    for number, name in enumerate(names, 1):
        if alike[_key(name)] > 1:
            tries = (f"{name}-{number}{'_' * more}" for more in count())
            name = next(each for each in tries if _key(each) not in taken)
            taken.add(_key(name))
        unique.append(name)
    return unique


def harmless(text: str) -> str:
    """Text as a file name, or part of one, that is safe on every system."""
    name = re.sub(r"[^\w.-]+", "_", HIDDEN.sub("_", text)).lstrip("_.-").rstrip("_.")
    # The end of a long name is the most distinctive.
    name = name.encode()[-LONGEST:].decode(errors="ignore").lstrip("_.-") or UNNAMED
    return f"_{name}" if RESERVED.match(name) else name


def is_possible(name: str) -> bool:
    """Whether a name of safe characters is short enough for a file and no device."""
    return len(name.encode()) <= LONGEST and not RESERVED.match(name)


def _key(name: str) -> str:
    """A key that is equal for names that some file system cannot distinguish."""
    return normalize("NFKD", name).casefold()
