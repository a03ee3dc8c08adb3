"""The whole server behind its gate."""

from pathlib import Path

from serving import api
from serving.metrics import Metrics
from serving.middleware import App, Gate
from serving.service import Service


def build(service: Service, report: Path | None) -> App:
    """The application that a server runs."""
    metrics = Metrics()
    built = api.build(service, metrics, report)
    return Gate(built, service.options, metrics, lambda: service.queue.inside)
