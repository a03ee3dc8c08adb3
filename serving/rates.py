"""Rate limits: a token bucket for each client."""

import time
from math import ceil

MOST_CLIENTS = 10_000


class Rates:
    """At most this many requests per minute from each client; 0 means no limit."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        # The client that has been silent for the longest time comes first.
        self._left: dict[str, tuple[float, float]] = {}

    def seconds_to_wait(self, client: str, now: float | None = None) -> int:
        """Seconds until the client may send a request, 0 for now; this does not count one."""
        if not self.per_minute:
            return 0
        left = self._now_left(client, time.monotonic() if now is None else now)
        return 0 if left >= 1 else ceil((1 - left) * 60 / self.per_minute)

    def count(self, client: str, now: float | None = None) -> None:
        """Count one request."""
        if self.per_minute:
            now = time.monotonic() if now is None else now
            left = self._now_left(client, now)
            self._left.pop(client, None)
            self._left[client] = (max(0.0, left - 1), now)
            # Memory stays bounded however many addresses there are.
            if len(self._left) > MOST_CLIENTS:
                del self._left[next(iter(self._left))]

    def _now_left(self, client: str, now: float) -> float:
        left, last = self._left.get(client, (self.per_minute, now))
        return min(self.per_minute, left + (now - last) * self.per_minute / 60)
