"""Metrics in Prometheus format: requests, their duration, and the queue."""

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from inference.drift_watch import Drift

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
HELP = {
    "cxr_requests_total": "Answers by route and status.",
    "cxr_request_seconds": "Seconds from a request's headers to the end of its answer.",
    "cxr_films_inside": "Images and augmented versions in progress or waiting.",
    "cxr_batches": "Batches computed by the model.",
    "cxr_ready": "1 once the model is loaded, until the server stops.",
    "cxr_drift_films": "Last images that are compared with the training images.",
    "cxr_drift_unlike_films": "Those of them that are unlike the training images by themselves.",
    "cxr_drift_psi": "Population stability index against the training images.",
    "cxr_drift_ks": "Kolmogorov-Smirnov distance from the training images.",
    "cxr_drift_shifted": "1 if a change is large and not due to chance.",
}


class Metrics:
    """Counts by route and status, and a histogram of seconds by route."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.within: Counter[tuple[str, float]] = Counter()
        self.seconds: Counter[str] = Counter()
        self._lock = Lock()

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self.requests[route, status] += 1
            self.seconds[route] += seconds  # type: ignore[assignment]
            self.within.update((route, bound) for bound in BOUNDS if seconds <= bound)

    def text(self, drift: Drift | None = None, **gauges: float) -> str:
        """All metrics, the current gauges and the drift in Prometheus' text format."""
        with self._lock:
            lines = [*self._requests(), *self._latency(), *_gauges(gauges)]
        lines += _drift(drift) if drift else ()
        return "\n".join(lines) + "\n"

    def _requests(self) -> Iterator[str]:
        yield from _head("cxr_requests_total", "counter")
        for (route, status), count in sorted(self.requests.items()):
            yield _sample("cxr_requests_total", count, route=route, status=str(status))

    def _latency(self) -> Iterator[str]:
        name = "cxr_request_seconds"
        yield from _head(name, "histogram")
        for route, seconds in sorted(self.seconds.items()):
            total = sum(count for (each, _), count in self.requests.items() if each == route)
            for bound in BOUNDS:
                yield _sample(
                    f"{name}_bucket", self.within[route, bound], route=route, le=f"{bound}"
                )
            yield _sample(f"{name}_bucket", total, route=route, le="+Inf")
            yield _sample(f"{name}_sum", seconds, route=route)
            yield _sample(f"{name}_count", total, route=route)


def _gauges(values: dict[str, float]) -> Iterator[str]:
    for name, value in values.items():
        yield from _head(f"cxr_{name}", "gauge")
        yield _sample(f"cxr_{name}", value)


def _drift(drift: Drift) -> Iterator[str]:
    yield from _gauges({"drift_films": drift.n_images, "drift_unlike_films": drift.n_unlike})
    for name in ("psi", "ks", "shifted"):
        yield from _head(f"cxr_drift_{name}", "gauge")
        for quantity, each in drift.quantities.items():
            yield _sample(f"cxr_drift_{name}", each.facts[name], quantity=quantity)


def _head(name: str, kind: str) -> Iterator[str]:
    if name in HELP:
        yield f"# HELP {name} {HELP[name]}"
    yield f"# TYPE {name} {kind}"


def _sample(name: str, value: float, **labels: str) -> str:
    """One line, with label values escaped and booleans as numbers."""
    pairs = ",".join(f'{key}="{text.translate(ESCAPES)}"' for key, text in labels.items())
    # The plus sign turns True into 1.
    return f"{name}{{{pairs}}} {+value}" if pairs else f"{name} {+value}"
