"""The running server: listens, works until it is told to stop, and finishes what is under way."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn

from pipelines.serving.application import build
from pipelines.serving.service import Service

SECONDS_TO_FINISH = 30
MOST_CONNECTIONS = 256


def serve(service: Service, listener: socket.socket, report: Path | None) -> None:
    """Answer at a socket until SIGTERM or Ctrl-C."""
    config = uvicorn.Config(
        build(service, report),
        log_level="warning",
        # A log of requests would tell who asked what.
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    Thread(target=service.warm_up, name="warm-up", daemon=True).start()
    with _asked_to_stop_is_no_failure():
        uvicorn.Server(config).run([listener])
    service.close()


@contextmanager
def _asked_to_stop_is_no_failure() -> Iterator[None]:
    """uvicorn raises the signal again that stopped it, which would end the process as killed."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, lambda *_: None) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
