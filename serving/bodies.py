"""A request's body as it streams: counted, cut off at a limit, and not kept in memory."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

GONE: Message = {"type": "http.disconnect"}
# A client that is cut off while sending gets no answer, so this much more is read.
BYTES_TO_DRAIN, SECONDS_TO_DRAIN = 1_000_000, 2
# A proxy would replace our answer by its own error, and limits its clients itself.
SECONDS_FOR_PROXIES = 10


class Body:
    """The body as the application receives it: unchanged until the limit is passed."""

    def __init__(self, receive: Receive, limit: int, by_proxy: bool = False) -> None:
        self.receive, self.limit, self.by_proxy = receive, limit, by_proxy
        self.size, self.complete, self.gone = 0, False, False

    @property
    def too_large(self) -> bool:
        """Whether more was received than the limit."""
        return self.size > self.limit

    async def __call__(self) -> Message:
        """The next message; beyond the limit, that the client has disconnected."""
        if self.too_large:
            return GONE
        message = await self.receive()
        self.gone = message["type"] == "http.disconnect"
        self.size += len(message.get("body", b""))
        self.complete = self.gone or not message.get("more_body", False)
        return GONE if self.too_large else message

    async def whole(self, seconds: float) -> bytes | None:
        """A whole small body; None if it is too large, incomplete or too slow."""
        pieces = []
        try:
            async with asyncio.timeout(seconds):
                while not self.complete and not self.too_large:
                    pieces.append((await self()).get("body", b""))
        except TimeoutError:
            return None
        return None if self.too_large or self.gone else b"".join(pieces)

    async def drain(self) -> None:
        """Read a little of the rest, so that the client receives our answer."""
        left = max(BYTES_TO_DRAIN, self.limit * self.by_proxy)
        try:
            async with asyncio.timeout(SECONDS_FOR_PROXIES if self.by_proxy else SECONDS_TO_DRAIN):
                while not self.complete and left > 0:
                    message = await self.receive()
                    left -= len(message.get("body", b""))
                    self.complete = not message.get("more_body", False)
        except TimeoutError:
            return
