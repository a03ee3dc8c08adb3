"""The gate: every request passes it, and is let in or told why not, limited and counted."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pipelines.bundle_options import Serve
from pipelines.serving.answers import Answer, refused
from pipelines.serving.doors import LOGIN, Doors
from pipelines.serving.metrics import Metrics
from pipelines.serving.rates import Rates
from progress import warn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MEGABYTE = 1_000_000
# A client that is cut off while it sends sees a broken pipe, not our answer: so much more is read.
DRAINED = 4
SECONDS_TO_SEND = 60
READING = ("GET", "HEAD", "OPTIONS")
ROUTES = ("/api/v1/findings", "/api/v1/panel", "/api/v1/labels", "/metrics", "/report")
# The browser itself then refuses whatever would come from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:;"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # Without any referrer browsers send the login form as if from nowhere, and it is refused.
    (b"referrer-policy", b"same-origin"),
)


class Gate:
    """An application behind its limits."""

    def __init__(self, app: App, options: Serve, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics
        self.doors = Doors(options.token)
        self.rates = Rates(options.requests_per_minute)
        self.largest = options.max_megabytes * MEGABYTE

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await self._counted(scope, receive, _Sender(send))

    async def _counted(self, scope: Message, receive: Receive, sender: "_Sender") -> None:
        started = time.monotonic()
        try:
            await self._answer(scope, receive, sender)
        except Exception as error:  # A bug is told to whoever runs the server, not to the client.
            place = traceback.extract_tb(error.__traceback__)[-1]
            warn(f"internal error: {type(error).__name__} in {place.filename}:{place.lineno}")
            if not sender.status:
                await sender.answer(refused(500, "Something went wrong inside the server."))
        finally:
            self.metrics.count(route_of(scope["path"]), sender.status, time.monotonic() - started)

    async def _answer(self, scope: Message, receive: Receive, sender: "_Sender") -> None:
        told = scope["headers"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in told}
        refusal = self.doors.refusal(scope["path"], headers)
        if scope["method"] not in READING:
            refusal = refusal or self._too_often((scope.get("client") or ("",))[0])
            body = await self._body(receive)
            if body is None:
                limit = self.largest // MEGABYTE
                sentence = f"A request may have {limit} MB at most; send fewer or smaller films."
                refusal = refusal or refused(413, sentence)
            elif scope["path"] == LOGIN:
                refusal = refusal or self.doors.login(body)
            receive = _again(body or b"", receive)
        if refusal:
            await sender.answer(refusal)
        else:
            await self.app(scope, receive, sender)

    def _too_often(self, client: str) -> Answer | None:
        wait = self.rates.seconds_to_wait(client)
        if not wait:
            return None
        sentence = f"Too many requests; try again in {wait} s."
        return refused(429, sentence, retry_after=str(wait))

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body; None if it is too large or takes too long."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                while size <= DRAINED * self.largest:
                    message = await receive()
                    size += len(message.get("body", b""))
                    if size > self.largest:
                        chunks.clear()
                    else:
                        chunks.append(message.get("body", b""))
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            return None
        return None if size > self.largest else b"".join(chunks)


class _Sender:
    """Sends what an application answers, with our headers, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self.send, self.status = send, 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self.send(message)

    async def answer(self, answer: Answer) -> None:
        """Send an answer that needed no application."""
        for message in answer.messages:
            await self(message)


def route_of(path: str) -> str:
    """What a request is counted under: few names, whatever paths are tried."""
    if path in ROUTES:
        return path
    return "/health" if path.startswith("/health") else "page"


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, then whatever comes after it."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
