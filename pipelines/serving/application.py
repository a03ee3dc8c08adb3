"""The whole server behind its gate."""

from pathlib import Path

from pipelines.serving import api
from pipelines.serving.gate import App, Gate
from pipelines.serving.metrics import Metrics
from pipelines.serving.service import Service


def build(service: Service, report: Path | None) -> App:
    """The application that a server runs."""
    metrics = Metrics()
    return Gate(api.build(service, metrics, report), service.options, metrics)
