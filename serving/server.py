"""The running server: answers until it is stopped, then finishes requests in progress."""

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
# Besides its connection, an upload may have temporary files without a name.
OPEN_FILES = 8 * MOST


def serve(service: Service, listener: socket.socket, report: Path | None, stop: Stopping) -> None:
    """Answer at a socket until a signal stops the server."""
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
        # Malformed requests must not fill the log, and clients must not be in it.
        log_level="critical",
        access_log=False,
        server_header=False,
        # By default uvicorn trusts X-Forwarded-For from any program on this machine.
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
    """Without uvicorn's signal handlers, which end the process as if it had been killed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield


def _allow_open_files() -> None:
    """Allow as many open files as connections and uploads need, if the system permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
