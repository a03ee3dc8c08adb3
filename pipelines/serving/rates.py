"""How often a client may ask: a bucket for each that fills again as time goes by."""

import time
from math import ceil

MOST_CLIENTS = 10_000


class Rates:
    """At most so many requests a minute of each client; 0 is no limit."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._left: dict[str, tuple[float, float]] = {}

    def seconds_to_wait(self, client: str, now: float | None = None) -> int:
        """0 if the client may ask, which then counts; else how long until it may."""
        if not self.per_minute:
            return 0
        now = time.monotonic() if now is None else now
        if len(self._left) >= MOST_CLIENTS:
            self._left = {name: each for name, each in self._left.items() if now - each[1] < 60}
        left, last = self._left.get(client, (self.per_minute, now))
        left = min(self.per_minute, left + (now - last) * self.per_minute / 60)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else ceil((1 - left) * 60 / self.per_minute)
