"""Metrics as Prometheus reads them: requests, how long they took, and what waits."""

from collections import Counter
from collections.abc import Iterator
from threading import Lock

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts by route and status, and a histogram of seconds by route."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.within: Counter[tuple[str, float]] = Counter()
        self.seconds: Counter[str] = Counter()
        self._lock = Lock()

    def count(self, route: str, status: int, seconds: float) -> None:
        """One more answer."""
        with self._lock:
            self.requests[route, status] += 1
            self.seconds[route] += seconds  # type: ignore[assignment]
            self.within.update((route, bound) for bound in BOUNDS if seconds <= bound)

    def text(self, **gauges: float) -> str:
        """All of it, and what is true just now, in Prometheus' text format."""
        return "\n".join([*self._requests(), *self._latency(), *_gauges(gauges)]) + "\n"

    def _requests(self) -> Iterator[str]:
        yield "# TYPE cxr_requests_total counter"
        for (route, status), count in sorted(self.requests.items()):
            yield f'cxr_requests_total{{route="{route}",status="{status}"}} {count}'

    def _latency(self) -> Iterator[str]:
        yield "# TYPE cxr_request_seconds histogram"
        for route, seconds in sorted(self.seconds.items()):
            total = sum(count for (each, _), count in self.requests.items() if each == route)
            for bound in BOUNDS:
                count = self.within[route, bound]
                yield f'cxr_request_seconds_bucket{{route="{route}",le="{bound}"}} {count}'
            yield f'cxr_request_seconds_bucket{{route="{route}",le="+Inf"}} {total}'
            yield f'cxr_request_seconds_sum{{route="{route}"}} {seconds:.6f}'
            yield f'cxr_request_seconds_count{{route="{route}"}} {total}'


def _gauges(values: dict[str, float]) -> Iterator[str]:
    for name, value in values.items():
        yield f"# TYPE cxr_{name} gauge"
        yield f"cxr_{name} {value}"
