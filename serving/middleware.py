"""The gate: admits or refuses each request by its headers, and limits and counts requests."""

import asyncio
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from progress import warn
from serving.answers import Answer, refused
from serving.auth import HEALTH, LOGIN, Doors
from serving.bodies import Body, Message, Receive
from serving.clients import Client, Proxies
from serving.metrics import Metrics
from serving.policies import with_policies
from serving.rates import Rates
from serving.serve_options import Serve

Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MEGABYTE = 1_000_000
LARGEST_LOGIN, SECONDS_TO_LOG_IN = 4096, 10
WRONG_TOKENS_PER_MINUTE = 10
# Requests of one client at a time; behind a proxy, connections do not limit them.
MOST_OF_ONE_CLIENT = 256
READING = ("GET", "HEAD", "OPTIONS")
API = "/api/"
ROUTES = (
    *("/api/v1/findings", "/api/v1/panel", "/api/v1/explanation", "/api/v1/labels"),
    *("/api/v1/examples", "/api/v1/drift", "/metrics", "/report", LOGIN),
)
# The status counted if the client has disconnected before the answer.
CLIENT_GONE = 499


class Request(NamedTuple):
    """A request by its headers."""

    path: str
    method: str
    headers: dict[bytes, bytes]
    client: Client

    @property
    def is_login(self) -> bool:
        """Whether it is the login form."""
        return self.path == LOGIN and self.method == "POST"

    @property
    def length(self) -> int:
        """The number of bytes of the body; 0 if the headers do not give it."""
        length = self.headers.get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    @property
    def has_body(self) -> bool:
        """Whether a body follows the headers."""
        return self.length > 0 or b"transfer-encoding" in self.headers


class Gate:
    """An application behind limits; `waiting` gives the number of images in progress."""

    def __init__(
        self, app: App, options: Serve, metrics: Metrics, waiting: Callable[[], int] = int
    ) -> None:
        self.app, self.metrics, self.waiting, self.room = app, metrics, waiting, options.queue
        self.doors, self.proxies = Doors(options.token), Proxies(options.trusted_proxies)
        self.rates = Rates(options.requests_per_minute)
        self.wrong_tokens = Rates(WRONG_TOKENS_PER_MINUTE)
        self.largest = options.max_megabytes * MEGABYTE
        self.under_way: Counter[str] = Counter()
        self.arriving: set[Body] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handle one ASGI request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await self._counted(scope, receive, _Sender(send))

    async def _counted(self, scope: Message, receive: Receive, sender: "_Sender") -> None:
        request = self._request(scope)
        limit = LARGEST_LOGIN if request.is_login else self.largest
        body = Body(receive, limit, request.client.by_proxy)
        started = time.monotonic()
        try:
            with self._one_more(request.client):
                await self._answer(request, scope, body, sender)
        except asyncio.CancelledError:
            # Either the client has disconnected, or the server is stopping.
            if not body.gone:
                raise
        except Exception as error:  # Only the person who runs the server sees a bug.
            if not body.gone:
                place = traceback.extract_tb(error.__traceback__)[-1]
                warn(f"internal error: {type(error).__name__} in {place.filename}:{place.lineno}")
                await sender.refuse(refused(500, "The server had an internal error."), body)
        finally:
            seconds, status = time.monotonic() - started, sender.status or CLIENT_GONE
            self.metrics.count(route_of(request.path), status, seconds)

    def _request(self, scope: Message) -> Request:
        peer = (scope.get("client") or ("",))[0]
        client = self.proxies.client(peer, scope["headers"])
        return Request(scope["path"], scope["method"], dict(scope["headers"]), client)

    async def _answer(
        self, request: Request, scope: Message, body: Body, sender: "_Sender"
    ) -> None:
        refusal = self._refusal(request)
        if refusal:
            # A client that waits for permission does not send its body.
            body.complete = not request.has_body or b"expect" in request.headers
            await sender.refuse(refusal, body)
        elif request.is_login:
            await self._log_in(request, body, sender)
        else:
            await self._let_in(scope, body, sender)

    async def _let_in(self, scope: Message, body: Body, sender: "_Sender") -> None:
        if scope["method"] not in READING:
            self.arriving.add(body)
        # The application's answer to a body that was cut off is not sent.
        sender.muted = lambda: body.too_large
        try:
            await self.app(scope, body, sender)
        finally:
            self.arriving.discard(body)
            if body.too_large:
                await sender.refuse(self._too_large(self.largest), body)

    async def _log_in(self, request: Request, body: Body, sender: "_Sender") -> None:
        typed = await body.whole(SECONDS_TO_LOG_IN)
        if typed is None:
            await sender.refuse(self._too_large(LARGEST_LOGIN), body)
            return
        answer = self.doors.login(typed, request.client.scheme)
        if answer.status == 401:
            self.wrong_tokens.count(request.client.name)
        await sender.answer(answer)

    def _refusal(self, request: Request) -> Answer | None:
        """Why a request is refused, if it is, by its headers; refused requests count as well."""
        name, tries = request.client.name, self.doors.tries_a_token(request.headers)
        wait = self.wrong_tokens.seconds_to_wait(name) if tries or request.is_login else 0
        if wait:
            return _too_often("Too many wrong tokens", wait)
        refusal = self._not_let_in(request, tries)
        costs = refusal or request.method not in READING
        wait = self.rates.seconds_to_wait(name) if costs else 0
        if costs:
            self.rates.count(name)
        return _too_often("Too many requests", wait) if wait else refusal

    def _not_let_in(self, request: Request, tries: bool) -> Answer | None:
        path, headers, client = request.path, request.headers, request.client
        if self.under_way[client.name] > MOST_OF_ONE_CLIENT and path not in HEALTH:
            return _too_often("Too many requests at once", 1)
        refusal = self.doors.refusal(path, headers, client.scheme)
        if refusal and tries and refusal.status == 401:
            self.wrong_tokens.count(client.name)
        if refusal and not (request.is_login and refusal.status == 401):
            return refusal
        limit = LARGEST_LOGIN if request.is_login else self.largest
        if request.length > limit:
            return self._too_large(limit)
        return self._busy(request)

    def _busy(self, request: Request) -> Answer | None:
        """A refusal if the queue is full, including bodies that are still arriving."""
        arriving = sum(not body.complete for body in self.arriving)
        inside = self.waiting() + arriving
        works = request.path.startswith(API) and request.method not in READING
        if not works or inside < self.room:
            return None
        sentence = f"The server is busy with {inside} images; try again in a second."
        return refused(503, sentence, retry_after="1")

    @contextmanager
    def _one_more(self, client: Client) -> Iterator[None]:
        self.under_way[client.name] += 1
        try:
            yield
        finally:
            self.under_way[client.name] -= 1
            if not self.under_way[client.name]:
                del self.under_way[client.name]

    def _too_large(self, limit: int) -> Answer:
        if limit == LARGEST_LOGIN:
            return refused(413, f"The login form may have at most {limit} bytes.")
        sentence = (
            f"A request may have at most {limit // MEGABYTE} MB; send fewer or smaller images."
        )
        return refused(413, sentence)


class _Sender:
    """Sends the application's answer with our headers, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self.send, self.status = send, 0
        self.muted: Callable[[], bool] = bool

    async def __call__(self, message: Message) -> None:
        if self.muted():
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": with_policies(list(message.get("headers", ())))}
        await self.send(message)

    async def answer(self, answer: Answer) -> None:
        """Send an answer that the application did not give."""
        for message in answer.messages:
            await self(message)

    async def refuse(self, answer: Answer, body: Body) -> None:
        """Send an answer at once and close the connection, even while a body is arriving."""
        if self.status:
            return
        self.muted = bool
        start, content = answer.messages
        start["headers"].append((b"connection", b"close"))
        await self(start)
        await self({**content, "more_body": True})
        await body.drain()
        await self({"type": "http.response.body", "body": b""})


def _too_often(what: str, wait: int) -> Answer:
    return refused(429, f"{what}; try again in {wait} s.", retry_after=str(wait))


def route_of(path: str) -> str:
    """The route that a request is counted under; unknown paths share one."""
    if path in ROUTES:
        return path
    return "/health" if path.startswith("/health") else "page"
