import asyncio
import socket
import threading
import time
from functools import partial

import pytest
import uvicorn

from serving import connections
from serving.clients import Proxies
from serving.connections import Connection
from tests.serving.servers import connected, head, until_closed

# Connections that hang are ended after whole seconds.
pytestmark = pytest.mark.slow

LARGE = 20_000_000
CHUNKED = head("/", None, "Transfer-Encoding: chunked", "Connection: close")


async def app(scope, receive, send):
    """Reads the body, waits if it is asked to, and answers with as many bytes as came or more."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    if scope["path"] == "/works":
        await asyncio.sleep(1.5)
    body = bytes(LARGE) if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch):
    """Where a server listens whose limits are tenths of seconds."""
    yield from served(monkeypatch, "")


@pytest.fixture
def behind_proxies(monkeypatch):
    yield from served(monkeypatch, "127.0.0.0/8")


def served(monkeypatch, proxies):
    limits = {"SECONDS_BETWEEN_LOOKS": 0.02, "SECONDS_FOR_HEADERS": 1.0, "GRACE": 0.2}
    limits |= {"SLOWEST": 10_000, "SECONDS_STUCK": 0.4, "SECONDS_FOR_BODY": 1.5}
    limits |= {"MOST": 8, "MOST_OF_ONE_CLIENT": 4}
    for name, value in limits.items():
        monkeypatch.setattr(connections, name, value)
    config = uvicorn.Config(app, http=partial(Connection, Proxies(proxies)), log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = server.force_exit = True
        thread.join()
        assert not server.server_state.connections


def answered(client):
    """An answer with its content, which may come after the headers."""
    found = b""
    while found.partition(b"\r\n\r\n")[2] == b"":
        part = client.recv(1000)
        assert part, found
        found += part
    return found


def test_a_connection_that_says_nothing_is_closed(port):
    with connected(port) as client:
        said, seconds = until_closed(client, 5)
    assert said == b""
    assert seconds > 0.9


def test_headers_that_trickle_do_not_keep_a_connection(port):
    with connected(port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n")
        assert cut_off(client, [b"a: b\r\n"] * 50)


def test_between_requests_a_connection_waits_no_longer_either(port):
    with connected(port) as client:
        client.sendall(head("/", 0))
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET")
        assert until_closed(client, 5)[0] in (b"", b"0")


def cut_off(client, parts):
    """Whether the connection is closed before all parts are sent, one after the other."""
    try:
        for part in parts:
            client.sendall(part)
            time.sleep(0.05)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


@pytest.mark.parametrize("parts", [[], [b"abc"], [b"a"] * 40])
def test_a_body_that_trickles_is_cut_off(port, parts):
    with connected(port) as client:
        client.sendall(head("/", 10_000_000))
        assert cut_off(client, parts) or until_closed(client, 5)[0] == b""


def test_a_body_that_comes_steadily_is_taken(port):
    with connected(port) as client:
        client.sendall(head("/", 40_000))
        for _ in range(40):
            client.sendall(bytes(1000))
            time.sleep(0.02)
        assert answered(client).endswith(b"40000")


def test_no_body_is_waited_for_beyond_its_time_however_steady(port):
    with connected(port) as client:
        client.sendall(head("/", 10_000_000))
        assert cut_off(client, [bytes(2000)] * 100)


def test_work_takes_as_long_as_it_takes(port):
    with connected(port) as client:
        client.sendall(head("/works", 3) + b"abc")
        assert answered(client).endswith(b"3")


def test_an_answer_that_nobody_takes_is_dropped(port):
    with connected(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(head("/large", 0))
        time.sleep(2)
        said, _ = until_closed(client, 5)
    assert len(said) < LARGE


def test_an_answer_that_is_taken_slowly_comes_whole(port):
    taken = 0
    with connected(port) as client:
        client.settimeout(5)
        client.sendall(head("/large", 0))
        while taken < LARGE:
            taken += len(client.recv(1_000_000))
            time.sleep(0.02)
    assert taken > LARGE


def open_ones(port, sources):
    """How many connections from such addresses stay open for a moment, the latest first to go."""
    clients = [connected(port, source) for source in sources]
    time.sleep(0.1)
    left = 0
    for client in clients:
        client.setblocking(False)
        try:
            client.recv(1)
        except BlockingIOError:
            left += 1
        client.close()
    return left


def test_one_client_has_only_so_many_connections(port):
    assert open_ones(port, ["127.0.0.1"] * 6) == 4
    assert open_ones(port, ["127.0.0.1"] * 5 + ["127.0.0.2"] * 3) == 7


def test_all_clients_together_have_only_so_many_connections(port):
    assert open_ones(port, [f"127.0.0.{number}" for number in range(1, 12)]) == 8


def test_a_trusted_proxy_may_have_more(behind_proxies):
    assert open_ones(behind_proxies, ["127.0.0.1"] * 7) == 7


@pytest.mark.parametrize("size", [64, 1000])
def test_chunks_of_a_useful_size_are_taken(port, size):
    chunk = f"{size:x}\r\n".encode() + bytes(size) + b"\r\n"
    with connected(port) as client:
        client.sendall(CHUNKED + chunk * 500 + b"0\r\n\r\n")
        assert until_closed(client, 5)[0].endswith(str(500 * size).encode())


def test_a_few_small_chunks_are_taken(port):
    with connected(port) as client:
        client.sendall(CHUNKED + b"1\r\na\r\n" * 90 + b"0\r\n\r\n")
        assert until_closed(client, 5)[0].endswith(b"90")


def test_bodies_in_chunks_of_a_byte_are_not_read_to_their_end(port):
    with connected(port) as client:
        client.sendall(CHUNKED)
        cut_off(client, [b"1\r\na\r\n" * 10_000])
        assert until_closed(client, 5)[0].startswith((b"HTTP/1.1 400", b""))


def test_nonsense_after_an_answer_has_begun_is_no_bug_of_the_server(port, caplog):
    with connected(port) as client:
        client.sendall(head("/large", 0) + CHUNKED)
        client.sendall(b"nonsense\r\n" * 100)
        until_closed(client, 5)
    assert not caplog.records
