"""The whole server behind its gate."""

from pathlib import Path

from pipelines.serving import api
from pipelines.serving.gate import App, Gate
from pipelines.serving.metrics import Metrics
from pipelines.serving.service import Service


def build(service: Service, report: Path | None) -> App:
    """The application that a server runs."""
    metrics = Metrics()
    built = api.build(service, metrics, report)
    return Gate(built, service.options, metrics, lambda: service.queue.inside)
