"""One extractor at work: images go in, parts of its feature store come out."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from datasets.image_change import Change
from features.extractor import Extractor, is_network
from features.store import FeatureStore

ROWS_PER_PART = 512
SECONDS_PER_PART = 10.0


@dataclass
class Branch:
    """An extractor with its store, and the rows that are not written yet.

    With a `change` the extractor sees changed images, and the store holds their features.
    """

    extractor: Extractor
    store: FeatureStore
    change: Change | None = None
    # A worker's chunk is written whole or not at all, so it sets this to infinity.
    seconds_per_part: float = SECONDS_PER_PART
    computed: int = 0
    parts: list[str] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _digests: list[str] = field(default_factory=list)
    _rows: list[np.ndarray] = field(default_factory=list)
    _waiting: list[np.ndarray] = field(default_factory=list)
    _written: float = field(default_factory=time.monotonic)

    def keys(self, ids: Iterable[str], digests: Iterable[str]) -> list[str]:
        """What the store keeps features of images under, by the digests of their files; "" if a
        file must be read to know its digest.
        """
        if self.change is None:
            return list(digests)
        change = self.change
        return [
            change.key(image, known) if known else ""
            for image, known in zip(ids, digests, strict=True)
        ]

    def accept(self, image: str, image_digest: str, prepared: np.ndarray) -> None:
        """Add an image; compute once every device has a batch, write once a part is full."""
        self._ids.append(image)
        self._digests.append(image_digest)
        if is_network(self.extractor):
            self._waiting.append(prepared)
            if len(self._waiting) >= self.extractor.images_at_once:
                self._compute()
        else:
            self._rows.append(prepared)
        late = time.monotonic() - self._written > self.seconds_per_part
        if len(self._rows) >= ROWS_PER_PART or (late and self._rows):
            self._write()

    def finish(self) -> None:
        """Compute and write what is left."""
        self._compute()
        if self._rows:
            self._write()

    def _compute(self) -> None:
        if self._waiting and is_network(self.extractor):
            self._rows.extend(self.extractor.transform_images(np.stack(self._waiting)))
            self._waiting.clear()

    def _write(self) -> None:
        count = len(self._rows)
        rows = np.stack(self._rows)
        self.parts.append(self.store.write(self._ids[:count], self._digests[:count], rows))
        self.computed += count
        del self._ids[:count], self._digests[:count]
        self._rows.clear()
        self._written = time.monotonic()
