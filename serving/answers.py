"""Answers that need no application: a status, a sentence, and headers."""

import json
from typing import Any, NamedTuple

from errors import Busy, UploadRefused

JSON, HTML = "application/json", "text/html; charset=utf-8"


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The same as ASGI sends it."""
        told = (("content-type", self.kind), ("content-length", str(len(self.body))), *self.headers)
        headers = [(name.encode(), value.encode()) for name, value in told]
        return [
            {"type": "http.response.start", "status": self.status, "headers": headers},
            {"type": "http.response.body", "body": self.body},
        ]


def status_of(error: Exception) -> int:
    """The status that tells a client about a deliberate error."""
    return 503 if isinstance(error, Busy) else 413 if isinstance(error, UploadRefused) else 422


def refused(status: int, sentence: str, **headers: str) -> Answer:
    """An error as programs read it: one sentence, and headers by name."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, json.dumps({"detail": sentence}).encode(), JSON, pairs)
