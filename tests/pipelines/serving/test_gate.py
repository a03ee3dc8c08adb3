import asyncio
import json

import pytest

from pipelines.bundle_options import Serve
from pipelines.serving import gate
from pipelines.serving.gate import Gate, route_of
from pipelines.serving.metrics import Metrics


async def echo(scope, receive, send):
    """Answers with the body it got."""
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def broken(scope, receive, send):
    raise KeyError("Doe^Jane")


def asked(app, path="/", method="POST", chunks=(b"body",), headers=(), **options):
    """Status, headers and body of an answer, and the gate's metrics."""
    made = Gate(app, Serve(max_megabytes=1, **options), Metrics())
    return *answered(made, path, method, chunks, headers), made


def answered(made, path="/", method="POST", chunks=(b"body",), headers=()):
    sent, waiting = [], list(chunks)

    async def receive():
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    told = [(b"host", b"localhost"), *headers]
    scope = {"type": "http", "path": path, "method": method, "headers": told, "client": ("a", 1)}
    asyncio.run(made(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


def test_a_body_in_parts_reaches_the_application_whole():
    status, _, body, _ = asked(echo, chunks=[b"a", b"b", b"c"])
    assert (status, body) == (200, b"abc")


@pytest.mark.parametrize("n_chunks", [2, 5, 50])
def test_a_body_that_is_too_large_is_refused_and_not_kept(n_chunks):
    status, _, body, _ = asked(echo, chunks=[bytes(900_000)] * n_chunks)
    assert status == 413
    assert json.loads(body)["detail"].startswith("A request may have 1 MB at most")


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(gate, "SECONDS_TO_SEND", 0.01)
    made = Gate(echo, Serve(), Metrics())

    async def never():
        await asyncio.sleep(100)

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "method": "POST", "headers": [(b"host", b"localhost")]}
    asyncio.run(made(scope, never, send))
    assert sent[0]["status"] == 413


def test_the_browser_is_told_to_load_nothing_from_elsewhere():
    _, headers, _, _ = asked(echo)
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    # With no-referrer a browser's own login form would come from "null" and be refused.
    assert headers["referrer-policy"] == "same-origin"


def test_a_bug_is_a_sentence_for_the_client_and_a_place_for_whoever_runs_it(capsys):
    status, _, body, _ = asked(broken)
    assert status == 500
    assert json.loads(body) == {"detail": "Something went wrong inside the server."}
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert "Doe" not in told


def test_who_asks_too_often_is_told_when_to_come_again():
    made = Gate(echo, Serve(requests_per_minute=2), Metrics())
    statuses = [answered(made)[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert int(answered(made)[1]["retry-after"]) > 0
    assert answered(made, method="GET")[0] == 200


def test_without_the_token_nothing_reaches_the_application():
    status, _, _, _ = asked(broken, token="secret")
    assert status == 401
    known = [(b"authorization", b"Bearer secret")]
    assert asked(echo, token="secret", headers=known)[0] == 200


def test_the_form_leads_to_the_page():
    status, headers, _, _ = asked(broken, "/login", chunks=[b"token=secret"], token="secret")
    assert (status, headers["location"]) == (303, "/")


def test_answers_are_counted_by_route():
    *_, made = asked(echo, "/api/v1/findings")
    asked(echo, "/api/v1/findings")
    assert made.metrics.requests == {("/api/v1/findings", 200): 1}


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/panel", "/api/v1/panel"),
        ("/health/live", "/health"),
        ("/static/page.js", "page"),
        ('/"\n', "page"),
    ],
)
def test_paths_are_few(path, route):
    assert route_of(path) == route


def test_a_websocket_is_closed():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Gate(broken, Serve(), Metrics())({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
