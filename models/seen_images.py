"""Which images a bundle has learned from: salted digests, which name no file and no patient.

They answer one question: was this very file among the images? The salt differs between bundles, so
that their lists cannot be compared with each other or with published lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Self

import numpy as np

import arrays
import storage
from errors import BadArrays

# Enough that two of a million files have the same digest once in 10^13 bundles.
DIGEST_BYTES = 12
DIGEST = f"S{DIGEST_BYTES * 2}"


@dataclass(frozen=True)
class SeenImages:
    """Digests (n,) of the files of training and validation images, sorted, and their salt."""

    salt: bytes
    digests: np.ndarray

    @classmethod
    def of(cls, files: Sequence[str]) -> Self:
        """The images of files with these digests; "" for an image without a file."""
        known = sorted(set(files) - {""})
        salt = blake2b("\n".join(known).encode(), digest_size=DIGEST_BYTES).hexdigest().encode()
        return cls(salt, np.sort(_salted(known, salt)))

    def __len__(self) -> int:
        return len(self.digests)

    def has(self, files: Sequence[str]) -> np.ndarray:
        """Whether each file, by its digest, is among the images, (n,)."""
        return np.isin(_salted(files, self.salt), self.digests)

    def save(self, path: Path) -> None:
        """Write the digests and their salt to an npz file."""
        np.savez(path, allow_pickle=False, salt=np.bytes_(self.salt), digests=self.digests)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The images from an npz file."""
        saved = arrays.read(storage.read_bytes(path))
        for name in ("salt", "digests"):
            if saved.get(name, np.array(0)).dtype.kind != "S":
                raise BadArrays(f"{name} of the images that a bundle has seen must be bytes")
        return cls(bytes(saved["salt"][()]), saved["digests"].ravel())


def _salted(files: Sequence[str], salt: bytes) -> np.ndarray:
    """The salted digest of each file's digest, (n,); b"" for "", which no list has."""
    found = [
        blake2b(each.encode(), digest_size=DIGEST_BYTES, key=salt).hexdigest() if each else ""
        for each in files
    ]
    return np.array(found, DIGEST)
