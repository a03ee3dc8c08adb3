import asyncio
import json

import pytest

from serving import middleware
from serving.metrics import Metrics
from serving.middleware import Gate, route_of
from serving.serve_options import Serve

TOKEN = "0123456789-secret"
KNOWN = [(b"authorization", f"Bearer {TOKEN}".encode())]
WRONG = [(b"authorization", b"Bearer guess")]
API = "/api/v1/findings"


async def echo(scope, receive, send):
    """Answers with the body it got, whole or not."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"".join(parts)})


async def broken(scope, receive, send):
    raise KeyError("Doe^Jane")


def made(app=echo, waiting=int, **options):
    return Gate(app, Serve(**{"max_megabytes": 1} | options), Metrics(), waiting)


def asked(app, path="/", method="POST", chunks=(b"body",), headers=(), **options):
    """Status, headers and body of an answer, and the gate's metrics."""
    one = made(app, **options)
    return *answered(one, path, method, chunks, headers), one


def answered(one, path="/", method="POST", chunks=(b"body",), headers=(), client="a", read=None):
    """The same of a gate that is there; `read` collects how many bytes were taken."""
    sent, waiting = [], list(chunks)

    async def receive():
        chunk = waiting.pop(0)
        if read is not None:
            read.append(len(chunk))
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    told = [(b"host", b"localhost"), *headers]
    if method == "POST" and not any(name == b"content-length" for name, _ in headers):
        told.append((b"transfer-encoding", b"chunked"))
    scope = {"type": "http", "path": path, "method": method, "headers": told}
    asyncio.run(one(scope | {"client": (client, 1)}, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:])


def length(number):
    return [(b"content-length", str(number).encode())]


def test_a_body_in_parts_reaches_the_application_whole():
    status, _, body, _ = asked(echo, chunks=[b"a", b"b", b"c"])
    assert (status, body) == (200, b"abc")


@pytest.mark.parametrize("n_chunks", [2, 5, 50])
def test_a_body_that_turns_out_too_large_is_refused_and_read_no_further(n_chunks):
    read = []
    status, headers, body = answered(made(), chunks=[bytes(900_000)] * n_chunks, read=read)
    assert status == 413
    assert json.loads(body)["detail"].startswith("A request may have at most 1 MB")
    assert headers["connection"] == "close"
    assert sum(read) <= 4 * 900_000


def test_a_body_that_is_said_to_be_too_large_reaches_no_application():
    read = []
    headers = length(50_000_000)
    chunks = [bytes(500_000)] * 100
    assert answered(made(broken), headers=headers, chunks=chunks, read=read)[0] == 413
    assert sum(read) <= 1_500_000


@pytest.mark.parametrize(
    ("options", "headers", "status"),
    [
        ({"token": TOKEN}, [], 401),
        ({"token": TOKEN}, WRONG, 401),
        ({}, [(b"origin", b"http://evil.example")], 403),
    ],
)
def test_what_is_refused_is_refused_before_its_body_is_read(options, headers, status):
    answer = []

    async def receive():
        assert answer
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        answer.append(message)

    told = [(b"host", b"localhost"), *length(1000), *headers]
    scope = {"type": "http", "path": API, "method": "POST", "headers": told}
    asyncio.run(made(broken, **options)(scope, receive, send))
    assert answer[0]["status"] == status
    assert (b"connection", b"close") in answer[0]["headers"]


def test_whoever_waits_for_leave_to_send_is_answered_without_it():
    async def receive():
        raise AssertionError

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), *length(99_000_000), (b"expect", b"100-continue")]
    scope = {"type": "http", "path": API, "method": "POST", "headers": headers}
    asyncio.run(made(broken)(scope, receive, send))
    assert sent[0]["status"] == 413


def test_the_browser_is_told_to_load_nothing_from_elsewhere():
    _, headers, _, _ = asked(echo)
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    # With no-referrer a browser's own login form would come from "null" and be refused.
    assert headers["referrer-policy"] == "same-origin"
    _, refused, _, _ = asked(echo, token=TOKEN)
    assert refused["content-security-policy"] == headers["content-security-policy"]


def test_a_bug_is_a_sentence_for_the_client_and_a_place_for_whoever_runs_it(capsys):
    status, _, body, _ = asked(broken)
    assert status == 500
    assert json.loads(body) == {"detail": "The server had an internal error."}
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert "Doe" not in told


def test_who_asks_too_often_is_told_when_to_come_again():
    one = made(requests_per_minute=2)
    statuses = [answered(one)[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert int(answered(one)[1]["retry-after"]) > 0
    assert answered(one, method="GET", chunks=[b""])[0] == 200
    assert answered(one, client="b")[0] == 200


def test_refused_requests_count_towards_the_limit():
    one = made(token=TOKEN, requests_per_minute=3)
    statuses = [answered(one, method="GET", chunks=[b""])[0] for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert answered(one, headers=KNOWN)[0] == 429
    assert answered(one, headers=KNOWN, client="b")[0] == 200


def test_after_a_few_wrong_tokens_no_token_is_looked_at():
    one = made(token=TOKEN)
    statuses = [answered(one, headers=WRONG)[0] for _ in range(middleware.WRONG_TOKENS_PER_MINUTE)]
    assert set(statuses) == {401}
    assert answered(one, headers=WRONG)[0] == 429
    assert answered(one, headers=KNOWN)[0] == 429
    assert answered(one, "/login", chunks=[f"token={TOKEN}".encode()])[0] == 429
    assert answered(one, headers=KNOWN, client="b")[0] == 200


def test_wrong_tokens_are_limited_where_requests_are_not():
    one = made(token=TOKEN, requests_per_minute=0)
    statuses = {answered(one, "/login", chunks=[b"token=guess"])[0] for _ in range(20)}
    assert statuses == {401, 429}


def test_health_is_told_to_clients_of_many_wrong_tokens():
    one = made(token=TOKEN, requests_per_minute=1)
    for _ in range(20):
        answered(one, headers=WRONG)
    assert answered(one, "/health/live", method="GET", chunks=[b""])[0] == 200


def test_the_client_behind_a_trusted_proxy_is_the_one_that_counts():
    one = made(requests_per_minute=1, trusted_proxies="10.0.0.1")

    def ask(client, forwarded):
        return answered(one, client=client, headers=[(b"x-forwarded-for", forwarded)])[0]

    assert ask("10.0.0.1", b"1.1.1.1") == 200
    assert ask("10.0.0.1", b"1.1.1.1") == 429
    assert ask("10.0.0.1", b"2.2.2.2") == 200
    assert [ask("10.0.0.9", b"3.3.3.3"), ask("10.0.0.9", b"4.4.4.4")] == [200, 429]


def test_without_the_token_nothing_reaches_the_application():
    assert asked(broken, token=TOKEN)[0] == 401
    assert asked(echo, token=TOKEN, headers=KNOWN)[0] == 200


def test_the_form_leads_to_the_page():
    chunks = [b"token=", TOKEN.encode()]
    status, headers, _, _ = asked(broken, "/login", chunks=chunks, token=TOKEN)
    assert (status, headers["location"]) == (303, "/")


@pytest.mark.parametrize("headers", [length(5000), []])
def test_a_form_to_log_in_is_small(headers):
    chunks = [b"token=", *[bytes(1000)] * 100]
    read = []
    one = made(broken, token=TOKEN)
    assert answered(one, "/login", chunks=chunks, headers=headers, read=read)[0] == 413


def test_beyond_the_room_of_the_queue_a_request_is_refused_by_its_headers():
    one = made(broken, waiting=lambda: 5, queue=5)
    read = []
    status, headers, body = answered(one, API, chunks=[bytes(500_000)] * 9, read=read)
    assert (status, headers["retry-after"]) == (503, "1")
    assert "busy with 5 images" in json.loads(body)["detail"]
    assert sum(read) <= 1_500_000
    assert answered(made(waiting=lambda: 5, queue=5), "/", method="GET", chunks=[b""])[0] == 200


def test_bodies_on_their_way_take_room_in_the_queue():
    one, statuses = made(queue=2), []

    async def run():
        go = asyncio.Event()

        async def receive():
            await go.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            statuses.append(message.get("status"))

        scope = {"type": "http", "path": API, "method": "POST"}
        scope["headers"] = [(b"host", b"localhost"), (b"expect", b"x"), *length(9)]
        tasks = [asyncio.create_task(one(scope, receive, send)) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert statuses[0] == 503
        go.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    assert statuses.count(200) == 2
    assert not one.arriving


def test_one_client_has_only_so_many_requests_under_way(monkeypatch):
    monkeypatch.setattr(middleware, "MOST_OF_ONE_CLIENT", 1)
    statuses = []

    async def nested(scope, receive, send):
        if scope["path"] == "/first":
            for client in ("a", "b"):
                told = dict(scope, path="/second", client=(client, 2))
                await one(told, receive, send)
        await echo(scope, receive, send)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        statuses.append(message.get("status"))

    one = made(nested)
    scope = {"type": "http", "path": "/first", "method": "GET", "client": ("a", 1)}
    asyncio.run(one(scope | {"headers": [(b"host", b"localhost")]}, receive, send))
    assert [status for status in statuses if status] == [429, 200, 200]
    assert not one.under_way


def test_a_client_that_goes_is_counted_and_is_no_bug(capsys):
    async def leaves(scope, receive, send):
        await receive()
        raise ConnectionError

    async def receive():
        return {"type": "http.disconnect"}

    one = made(leaves)
    scope = {"type": "http", "path": API, "method": "POST", "headers": [(b"host", b"localhost")]}
    asyncio.run(one(scope, receive, None))
    assert one.metrics.requests == {(API, 499): 1}
    assert capsys.readouterr().err == ""


def test_answers_are_counted_by_route():
    *_, one = asked(echo, API)
    asked(echo, API)
    assert one.metrics.requests == {(API, 200): 1}


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/panel", "/api/v1/panel"),
        ("/health/live", "/health"),
        ("/gradio_api/queue/join", "page"),
        ('/"\n', "page"),
    ],
)
def test_paths_are_few(path, route):
    assert route_of(path) == route


def test_a_websocket_is_closed():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(made(broken)({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
