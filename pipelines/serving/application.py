"""The whole server behind its gate: REST beside the page."""

from pathlib import Path

from pipelines.serving import api, page
from pipelines.serving.gate import App, Gate, Message, Receive, Send
from pipelines.serving.metrics import Metrics
from pipelines.serving.service import Service

REST = ("/api/", "/health/", "/metrics", "/report", "/openapi.json")


def build(service: Service, report: Path | None) -> App:
    """The application that a server runs."""
    metrics = Metrics()
    beside = _Beside(api.build(service, metrics, report), page.mounted(service, report))
    return Gate(beside, service.options, metrics)


class _Beside:
    """REST and page side by side: as one application each would answer for the other's paths."""

    def __init__(self, rest: App, shown: App) -> None:
        self.rest, self.shown = rest, shown

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        asked = scope.get("path", "").startswith(REST)
        await (self.rest if asked else self.shown)(scope, receive, send)
