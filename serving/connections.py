"""Connections that are closed if idle, slow or too many; uvicorn has no such limits."""

import socket
import struct
from asyncio import TimerHandle, Transport
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.clients import Proxies

MOST, MOST_OF_ONE_CLIENT = 512, 256
# Since the connection was opened, or since the end of the previous answer.
SECONDS_FOR_HEADERS = 10
# After the seconds of grace, a body with fewer bytes per second on average is cut off.
SLOWEST, GRACE = 16_000, 10
# Regardless of speed.
SECONDS_FOR_BODY = SECONDS_FOR_ANSWER = 600
# Bytes of all headers. Chunks of fewer than SMALL bytes on average, beyond the first few, take a
# hundred times as long to read as the same body without chunks.
MOST_HEADERS, SMALL_CHUNKS, SMALL = 16_384, 100, 64
# The client reads nothing of an answer for this long.
SECONDS_STUCK = 10
SECONDS_BETWEEN_LOOKS = 1.0
AT_ONCE = struct.pack("ii", 1, 0)


class Parser(h11.Connection):
    """Parses requests, and refuses bodies in chunks so small that they would block the server."""

    def __init__(self, most: int) -> None:
        super().__init__(h11.SERVER, most)
        self._chunks = self._bytes = 0

    def next_event(self) -> Any:
        """The next part of a request."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._chunks += event.chunk_start
            self._bytes += len(event.data)
            if self._bytes < (self._chunks - SMALL_CHUNKS) * SMALL:
                raise h11.RemoteProtocolError("Chunks are too small.")
        return event


class Connection(H11Protocol):
    """One connection, checked every second until it is closed."""

    def __init__(self, proxies: Proxies, **options: Any) -> None:
        super().__init__(**options)
        self.conn = Parser(MOST_HEADERS)
        self.proxies, self.client_name = proxies, ""
        self._timer: TimerHandle | None = None
        self._since = self._started = self.loop.time()
        self._received = 0
        self._seen: object = None
        # Bytes of answers not sent yet, since when there are any, and since when as many.
        self._unsent, self._unsent_since, self._stuck_since = 0, 0.0, 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Accept the connection, unless there are too many."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self.client_name = self.proxies.client(peer, ()).name
        if len(self.connections) > MOST or self._too_many_of_one(peer):
            transport.close()
            return
        self._timer = self.loop.call_later(SECONDS_BETWEEN_LOOKS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop checking."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of each request."""
        super().data_received(data)
        self._note_request()
        self._received += len(data)

    def send_400_response(self, msg: str) -> None:
        """Answer a malformed request, unless another answer is being sent."""
        if self.cycle:
            # The application must not answer as well.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Start waiting for the next headers."""
        self._since = self.loop.time()
        super().on_response_complete()

    def _look(self) -> None:
        self._note_request()
        self._note_unsent()
        if self._too_slow():
            # Otherwise the system keeps sending its buffer to a client that reads nothing.
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(SECONDS_BETWEEN_LOOKS, self._look)

    def _note_request(self) -> None:
        if self.cycle is not self._seen:
            self._seen, self._started, self._received = self.cycle, self.loop.time(), 0

    def _note_unsent(self) -> None:
        now, unsent = self.loop.time(), self.transport.get_write_buffer_size()
        if not self._unsent:
            self._unsent_since = now
        if unsent != self._unsent:
            self._stuck_since = now
        self._unsent = unsent

    def _too_slow(self) -> bool:
        now = self.loop.time()
        if self._unsent:
            # Nothing else is timed until the answer has been sent.
            self._since = now
            stuck = now - self._stuck_since > SECONDS_STUCK
            return stuck or now - self._unsent_since > SECONDS_FOR_ANSWER
        if self.cycle is None or self.cycle.response_complete:
            return now - self._since > SECONDS_FOR_HEADERS
        return bool(self.cycle.more_body) and self._body_is_slow(now - self._started)

    def _body_is_slow(self, seconds: float) -> bool:
        # While we do not read, the client cannot send.
        expected = 0.0 if self.flow.read_paused else (seconds - GRACE) * SLOWEST
        return self._received < expected or seconds > SECONDS_FOR_BODY

    def _too_many_of_one(self, peer: str) -> bool:
        """Whether a client has too many connections; a proxy may have any number."""
        if self.proxies.trusts(peer):
            return False
        others = (cast("Connection", each).client_name for each in self.connections)
        return sum(name == self.client_name for name in others) > MOST_OF_ONE_CLIENT
