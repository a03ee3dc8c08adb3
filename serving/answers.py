"""Answers that the application does not give: a status, a sentence and headers."""

import json
from typing import Any, NamedTuple

from errors import Busy, UploadRefused

JSON, HTML = "application/json", "text/html; charset=utf-8"


class Answer(NamedTuple):
    """An answer to a request."""

    status: int
    body: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The answer as ASGI messages."""
        length = str(len(self.body))
        pairs = (("content-type", self.kind), ("content-length", length), *self.headers)
        headers = [(name.encode(), value.encode()) for name, value in pairs]
        return [
            {"type": "http.response.start", "status": self.status, "headers": headers},
            {"type": "http.response.body", "body": self.body},
        ]


def status_of(error: Exception) -> int:
    """The HTTP status of one of our errors."""
    return 503 if isinstance(error, Busy) else 413 if isinstance(error, UploadRefused) else 422


def refused(status: int, sentence: str, **headers: str) -> Answer:
    """An error as JSON with one sentence; headers by name."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, json.dumps({"detail": sentence}).encode(), JSON, pairs)
