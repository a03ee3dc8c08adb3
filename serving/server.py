"""The running server: listens, works until it is told to stop, and finishes what is under way."""

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn

from serving import api
from serving.clients import Proxies
from serving.connections import MOST, Connection
from serving.metrics import Metrics
from serving.middleware import App, Gate
from serving.service import Service
from serving.stopping import Stopping

SECONDS_TO_FINISH = 5
SECONDS_IDLE = 5
# Each upload under way may have files without a name, beside its connection.
OPEN_FILES = 8 * MOST


def serve(service: Service, listener: socket.socket, report: Path | None, stop: Stopping) -> None:
    """Answer at a socket until it is told to stop."""
    server = made(service, report)
    stop.then = partial(setattr, server, "should_exit", True)
    _allow_open_files()
    Thread(target=service.warm_up, name="warm-up", daemon=True).start()
    server.run([listener])
    service.close()


def made(service: Service, report: Path | None) -> uvicorn.Server:
    """The server with its limits, ready to run."""
    protocol: Any = partial(Connection, Proxies(service.options.trusted_proxies))
    config = uvicorn.Config(
        application(service, report),
        http=protocol,
        ws="none",
        # Who sends nonsense must not fill the log, and whoever asked must not be in it.
        log_level="critical",
        access_log=False,
        server_header=False,
        # By default it believes whatever any program of this machine writes in X-Forwarded-For.
        proxy_headers=False,
        timeout_keep_alive=SECONDS_IDLE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    return _Server(config)


def application(service: Service, report: Path | None) -> App:
    """The REST interface and the page behind the gate that limits and counts requests."""
    metrics = Metrics()
    built = api.build(service, metrics, report)
    return Gate(built, service.options, metrics, lambda: service.queue.inside)


class _Server(uvicorn.Server):
    """Without signal handlers of its own, which end the process as if it had been killed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _allow_open_files() -> None:
    """As many open files as connections and uploads need, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
