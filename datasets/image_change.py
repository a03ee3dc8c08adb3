"""What an image change is: a value that turns a decoded image into another before extraction.

A change of acquisition is a file in `datasets/changes/`, and the file's name is what users type. To
add one, write such a file with one class that inherits from `Acquisition`:

    __all__ = ["Blur"]

    class Blur(Acquisition):
        amounts = (0.002, 0.004, 0.006, 0.008, 0.012)
        unit = "standard deviation as a share of the longer side"

        def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            return cv2.GaussianBlur(plane, (0, 0), self.amount * max(plane.shape))

There is no list to edit. The same image, change and seed always give the same result.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar

import numpy as np

import datasets.changes
import registry
from datasets.options import Changing, listed
from errors import InvalidOption

N_SEVERITIES = 5
WHITE = 255
SEED_BYTES = 8


class Change(ABC):
    """What happens to a grey plane before extractors see it; subclasses are frozen dataclasses."""

    # A number to raise when the same parameters give other images.
    version: ClassVar[int] = 1

    @abstractmethod
    def __call__(self, plane: np.ndarray, image: str, digest: str) -> np.ndarray:
        """The changed plane (h, w) uint8, of the image with this id and digest of its file."""

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """What the result depends on besides the image and `version`."""

    @property
    def name(self) -> str:
        """The name of the file that defines the change."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def recipe(self) -> dict[str, Any]:
        """All that features of changed images depend on because of the change."""
        return {"name": self.name, "version": self.version, **self.parameters}

    def key(self, image: str, digest: str) -> str:
        """What features of the changed image are kept under: the digest of its file.

        A change with parameters of its own for each image adds them to the digest.
        """
        return digest

    def rng(self, digest: str, *seeds: int) -> np.random.Generator:
        """Random numbers that depend on the seeds, the kind of change and the image file alone."""
        text = f"{self.name} {digest}".encode()
        own = int.from_bytes(blake2b(text, digest_size=SEED_BYTES).digest())
        return np.random.default_rng([*seeds, own])


@dataclass(frozen=True)
class Acquisition(Change):
    """A change of how images are acquired or stored, in five severities.

    Severity 0 is exactly the image. Random numbers do not depend on the severity: an image that
    turns left a little turns left further.
    """

    # What each severity from 1 on means, in `unit`; the recipe has it.
    amounts: ClassVar[tuple[float, ...]]
    unit: ClassVar[str]

    severity: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.severity <= N_SEVERITIES:
            raise InvalidOption(
                f"The severity of a change must be from 0 to {N_SEVERITIES}; got {self.severity}."
                " Severity 0 leaves images as they are."
            )

    def __call__(self, plane: np.ndarray, image: str, digest: str) -> np.ndarray:
        """The changed plane (h, w) uint8; at severity 0 the plane itself."""
        return self.changed(plane, self.rng(digest, self.seed)) if self.severity else plane

    @abstractmethod
    def changed(self, plane: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The plane (h, w) uint8 changed by `amount`; the given plane stays as it is."""

    @property
    def amount(self) -> float:
        """What this severity means in `unit`."""
        return self.amounts[self.severity - 1] if self.severity else 0.0

    @property
    def parameters(self) -> dict[str, Any]:
        """The amount, so that features of another amount are never taken for these."""
        return {"amount": self.amount, "seed": self.seed}


def acquisition(name: str, severity: int, seed: int = 0) -> Acquisition:
    """The change of acquisition of this name; an unknown one raises UnknownPlugin."""
    made: Acquisition = registry.load(datasets.changes, name)(severity, seed)
    return made


def acquisitions(options: Changing, seed: int) -> dict[str, dict[int, Acquisition]]:
    """The changes that are asked for, by name and severity; unknown names raise."""
    names = listed(options.changes) or registry.names(datasets.changes)
    severities = listed(options.severities)
    known = [str(number) for number in range(1, N_SEVERITIES + 1)]
    if not severities or not set(severities) <= set(known):
        raise InvalidOption(
            f"--severities must be numbers from 1 to {N_SEVERITIES}, comma-separated; got"
            f" {options.severities!r}. Type --severities 1,3,5. Unchanged images are always there."
        )
    numbers = sorted(map(int, severities))
    return {name: {s: acquisition(name, s, seed) for s in numbers} for name in names}


def amounts(severities: Mapping[int, Acquisition]) -> dict[str, Any]:
    """What each severity of a change means."""
    first = next(iter(severities.values()))
    return {
        "unit": first.unit,
        "amounts": {str(severity): change.amount for severity, change in severities.items()},
    }


def mapped(plane: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The plane with each grey level g replaced by `levels` (256,) at g, rounded and clipped."""
    return np.rint(np.clip(levels, 0, WHITE)).astype(np.uint8)[plane]
