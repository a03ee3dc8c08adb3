"""A real server in its own process: what it promises to strangers, by the clock."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path

import httpx
import pytest

from serving import connections, middleware
from serving.serve_options import Serve
from serving.server import SECONDS_TO_FINISH
from tests import clocks, documents
from tests.privacy import watch
from tests.serving import pictures
from tests.serving.servers import (
    KNOWN,
    PROJECT,
    TOKEN,
    connected,
    head,
    resident,
    running,
    stopped,
    until_closed,
)
from tests.serving.test_metrics import families, value

pytestmark = [pytest.mark.slow, pytest.mark.long]

FINDINGS = "/api/v1/findings"
WITH_TOKEN = ("--token", TOKEN, "--host", "0.0.0.0")
HANG = "import time\n{} = lambda *_, **__: time.sleep(600)"
HANGS = {
    "a decoder": HANG.format("import serving.service as s; s.decoded"),
    "the model": HANG.format("import serving.service as s; s.predictions"),
}
SLOW_DECODER = """
import time, serving.service as service
decoded = service.decoded
service.decoded = lambda *given: time.sleep(0.5) or decoded(*given)
"""
FORM = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="films"; filename=".."\r\n\r\n'
SLOW_LOAD = "import pipelines.serve as s, time\ns.hasty = lambda _: time.sleep(600)"


def image(seed=0, size=128):
    return ("films", (f"{seed}.png", pictures.png(seed, size)))


@pytest.fixture(scope="module")
def server(place, tmp_path_factory):
    """A server with a token and small limits, and the folder for its temporary files."""
    folder = tmp_path_factory.mktemp("temporary")
    flags = [*WITH_TOKEN, "--queue", "8", "--requests-per-minute", "0", "--jobs", "2"]
    with running(place, *flags, TMPDIR=str(folder)) as server:
        server.folder = folder
        yield server


def metric(server, name, **labels):
    return value(httpx.get(f"{server.url}/metrics", headers=KNOWN).text, name, **labels)


def eventually(holds, seconds=10):
    """Whether something holds before so many seconds have passed."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_told_to_stop_it_finishes_what_is_under_way_and_leaves_nothing(place, tmp_path):
    many = [image(seed, 1000) for seed in range(16)]

    def ask():
        return httpx.post(f"{server.url}{FINDINGS}", files=many, headers=KNOWN, timeout=60)

    with running(place, *WITH_TOKEN, TMPDIR=str(tmp_path)) as server, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask)
        while metric(server, "cxr_films_inside") < 16:
            assert not answer.done()
        code, seconds, said = stopped(server, signal.SIGTERM)
        assert answer.result().status_code == 200
        assert (code, seconds < 10) == (0, True), said
        assert "no image was kept" in server.process.stdout.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("hangs", "number"), [("a decoder", signal.SIGTERM), ("the model", signal.SIGINT)]
)
def test_it_ends_within_ten_seconds_whatever_hangs(place, hangs, number):
    # The model hangs as it is warmed up.
    ready = hangs == "a decoder"
    with running(place, "--jobs", "1", patch=HANGS[hangs], ready=ready) as server:
        alone = threading.Thread(target=_try, args=(server,), daemon=True)
        alone.start()
        time.sleep(1)
        code, seconds, said = stopped(server, number)
        alone.join()
    assert code == 0, said
    assert seconds < 10
    assert "Traceback" not in said


def _try(server):
    with suppress(httpx.TransportError):
        httpx.post(f"{server.url}{FINDINGS}", files=[image()], timeout=30)


def test_it_ends_while_bodies_trickle_and_answers_are_not_taken(place):
    with running(place) as server:
        clients = [connected(server.port) for _ in range(20)]
        for client in clients:
            client.sendall(head(FINDINGS, 1_000_000, f"Content-Type: {FORM}"))
        assert eventually(lambda: not _closed(clients[0]))
        code, seconds, said = stopped(server, signal.SIGTERM)
        for client in clients:
            client.close()
    assert code == 0, said
    assert seconds < 10


def _closed(client):
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False


def test_it_ends_while_the_model_is_loading(place):
    patch = SLOW_LOAD + "\nfrom progress import say\nsay('at http://x:1')"
    with running(place, patch=patch, ready=False) as server:
        time.sleep(4)
        code, seconds, said = stopped(server, signal.SIGTERM)
    assert code == 0, said
    assert seconds < 10


def test_a_second_signal_ends_it_at_once(place):
    with running(place, "--jobs", "1", patch=HANGS["a decoder"]) as server:
        alone = threading.Thread(target=_try, args=(server,), daemon=True)
        alone.start()
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        code, seconds, said = stopped(server, signal.SIGTERM)
        alone.join()
    assert code == 0, said
    assert seconds < clocks.seconds(1)


SILENT = (
    b"",
    b"POST /api/v1/findings HTTP/1.1\r\nHost: localhost\r\n",
    head(FINDINGS, 1_000_000, f"Authorization: Bearer {TOKEN}", f"Content-Type: {FORM}"),
    head("/login", 100),
)


def test_whoever_sends_nothing_more_is_dropped_after_ten_seconds(server):
    def seconds_left_open(sent):
        with connected(server.port) as client:
            client.sendall(sent)
            return until_closed(client, 20)[1]

    with ThreadPoolExecutor(len(SILENT)) as pool:
        assert max(pool.map(seconds_left_open, SILENT)) < 13


def test_without_the_token_bodies_are_not_read(server):
    before = resident(server.process.pid)
    clients = [connected(server.port) for _ in range(50)]
    for client in clients:
        client.sendall(head(FINDINGS, 60_000_000, f"Content-Type: {FORM}"))
    for client in clients:
        with client:
            assert until_closed(client, 5)[0].startswith(b"HTTP/1.1 401")
    assert resident(server.process.pid) < before + 50


def test_a_client_that_sends_all_of_a_large_body_sees_why_it_is_refused(server):
    content = bytes(60_000_000)
    for path, headers, status in (
        (FINDINGS, {}, 401),
        ("/login", {}, 413),
        (FINDINGS, KNOWN | {"Origin": "http://evil.example"}, 403),
    ):
        answer = httpx.post(server.url + path, content=content, headers=headers)
        assert answer.status_code == status
        assert answer.headers["connection"] == "close"


def test_a_body_that_is_not_said_to_be_too_large_is_refused_as_it_comes(server):
    parts = (bytes(1_000_000) for _ in range(100))
    headers = KNOWN | {"Content-Type": FORM}
    content = chain([PART], parts)
    answer = httpx.post(server.url + FINDINGS, content=content, headers=headers)
    assert answer.status_code == 413


PROBE = """
import sys, time
from http.client import HTTPConnection
slowest = 0
while time.monotonic() < float(sys.argv[2]):
    connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
    before = time.monotonic()
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200
    slowest = max(slowest, time.monotonic() - before)
    connection.close()
    time.sleep(0.05)
print(slowest)
"""


@pytest.mark.parametrize("known", [True, False], ids=["with the token", "without"])
def test_it_lives_under_two_hundred_requests_at_once_and_its_queue_refuses(server, known):
    form = httpx.Request("POST", server.url, files=[image(0, 1000)])
    body, kind = form.read(), f"Content-Type: {form.headers['content-type']}"
    token = [f"Authorization: Bearer {TOKEN}"] * known
    sent = head(FINDINGS, len(body), kind, "Connection: close", *token) + body

    def ask(_):
        with connected(server.port) as client, suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(sent)
            return until_closed(client, 60)[0][9:12]

    # In a process of its own, for this one has two hundred threads.
    until = [str(server.port), str(time.monotonic() + 6)]
    with subprocess.Popen(
        [sys.executable, "-c", PROBE, *until], stdout=subprocess.PIPE, text=True
    ) as probe:
        time.sleep(1)
        with ThreadPoolExecutor(200) as pool:
            statuses = [*pool.map(ask, range(200))]
        slowest = float(probe.communicate(timeout=60)[0])
    assert slowest < clocks.seconds(1)
    assert set(statuses) - {None} == ({b"200", b"503"} if known else {b"401"})
    assert not known or statuses.count(b"200") >= 8


STRANGERS = {
    "chunks of a byte": head(FINDINGS, None, "Transfer-Encoding: chunked") + b"1\r\na\r\n" * 40_000,
    "a cookie of backslashes": head("/", None, 'Cookie: a="' + "\\" * 15_000 + '"', method="GET"),
    "many requests at once": head("/", None, method="GET") * 400,
    "a length of many digits": head(FINDINGS, "9" * 5000),
    "two lengths": head(FINDINGS, 5, "Content-Length: 6"),
    "no text": bytes(range(256)) * 100,
    "an upgrade": head("/", None, "Upgrade: websocket", "Connection: upgrade", method="GET"),
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an address": head("http://127.0.0.1:9/", None, method="GET"),
    "a tunnel": head("127.0.0.1:9", None, method="CONNECT"),
    "nonsense after an answer": head(FINDINGS, None, "Transfer-Encoding: chunked") + b"x\r\n" * 99,
}


@pytest.mark.parametrize("sent", STRANGERS.values(), ids=STRANGERS)
def test_no_stranger_takes_the_servers_time_or_fills_its_log(server, sent):
    said, times = len(server.said), []

    def send():
        clients = [connected(server.port) for _ in range(50)]
        for client in clients:
            with client, suppress(OSError):
                client.sendall(sent)
                until_closed(client, 0.2)

    sending = threading.Thread(target=send)
    with httpx.Client() as client:
        client.get(f"{server.url}/health/live")
        sending.start()
        # Once more when all is sent: by then the server may have got to it.
        for alive in chain(iter(sending.is_alive, False), [True]):
            before = time.monotonic()
            assert alive
            assert client.get(f"{server.url}/health/live", timeout=60).status_code == 200
            times.append(time.monotonic() - before)
            time.sleep(0.01)
    assert max(times) < clocks.seconds(1)
    assert server.said[said:] == []


def test_what_waits_is_given_up_once_its_client_has_gone(place):
    form = httpx.Request("POST", "http://localhost", files=[image(seed) for seed in range(16)])
    body, kind = form.read(), f"Content-Type: {form.headers['content-type']}"
    with running(place, *WITH_TOKEN, "--jobs", "1", patch=SLOW_DECODER) as server:
        batches = metric(server, "cxr_batches")
        for _ in range(4):
            with connected(server.port) as client:
                client.sendall(head(FINDINGS, len(body), f"Authorization: Bearer {TOKEN}", kind))
                client.sendall(body)
                assert eventually(lambda: metric(server, "cxr_films_inside") == 16)
            assert eventually(lambda: metric(server, "cxr_films_inside") == 0, 2)
        before = time.monotonic()
        answer = httpx.post(server.url + FINDINGS, files=[image()], headers=KNOWN)
        # One decode that runs already, and its own: not the 64 that were given up.
        assert time.monotonic() - before < clocks.seconds(2)
        assert answer.status_code == 200
        assert metric(server, "cxr_batches") == batches + 1


def test_metrics_are_those_that_prometheus_reads(server):
    httpx.get(f"{server.url}/health/live")
    text = httpx.get(f"{server.url}/metrics", headers=KNOWN).text
    assert families(text)["cxr_ready"].samples[0].value == 1
    total = sum(sample.value for sample in families(text)["cxr_requests"].samples)
    counts = [each for each in families(text)["cxr_request_seconds"].samples]
    assert total == sum(each.value for each in counts if each.name.endswith("_count"))


def test_an_upload_has_no_name_on_the_disk_so_that_a_killed_server_leaves_nothing(place, tmp_path):
    with running(place, TMPDIR=str(tmp_path)) as server:
        clients = [connected(server.port) for _ in range(5)]
        for client in clients:
            client.sendall(head(FINDINGS, 9_000_000, f"Content-Type: {FORM}"))
            client.sendall(PART + bytes(5_000_000))
        pid = server.process.pid
        assert eventually(lambda: _open_files(pid, tmp_path) == 5)
        names = files_below(tmp_path)
        server.process.kill()
        server.process.wait()
        for client in clients:
            client.close()
    assert names == files_below(tmp_path) == set()


def _open_files(pid, folder):
    """How many files without a name below a folder a process has open."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except FileNotFoundError:
            continue
    return sum(link.startswith(str(folder)) and link.endswith("(deleted)") for link in links)


def test_no_name_of_a_file_reaches_the_log(place):
    bad = {**pictures.BAD, "good": pictures.png(), "dicom": pictures.dicom(PatientName="Doe^Jane")}
    with running(place, "--requests-per-minute", "0") as server:
        for data in bad.values():
            sent = [("films", ("Doe_Jane.dcm", data)), ("film", ("../Doe_Jane.png", data))]
            for path in (FINDINGS, "/api/v1/panel", "/api/v1/explanation", "/Doe_Jane"):
                httpx.post(f"{server.url}{path}?label=sick", files=sent, timeout=60)
        with connected(server.port) as client:
            client.sendall(b"Doe_Jane\r\n\r\n")
            until_closed(client, 5)
        code, _, said = stopped(server, signal.SIGTERM)
        out = server.process.stdout.read()
    assert code == 0
    assert "Doe" not in said + out


def test_five_hundred_uploads_leave_memory_and_disk_as_they_were_and_ask_nobody(place, tmp_path):
    bad = [*pictures.BAD.values()]

    def send(client, number):
        data = bad[number // 2 % len(bad)] if number % 2 else pictures.png(number, 200)
        files = [("films", (f"{number}.png", data))]
        return client.post(FINDINGS, files=files, headers=KNOWN).status_code

    flags = ["--token", TOKEN, "--requests-per-minute", "0", "--jobs", "2"]
    denied = watch.environment(tmp_path)
    with running(place, *flags, **denied) as server:
        kept = files_below(tmp_path)
        with httpx.Client(base_url=server.url, timeout=60) as client:
            for number in range(60):
                send(client, number)
            before = resident(server.process.pid)
            statuses = [send(client, number) for number in range(500)]
        assert abs(resident(server.process.pid) - before) < 50
        assert files_below(tmp_path) == kept
        stopped(server, signal.SIGTERM)
    assert statuses.count(200) == 250
    assert set(statuses) == {200, 413, 422}
    assert files_below(tmp_path) == kept
    # Whom it tried to talk to would be noted there.
    assert not (tmp_path / watch.NOTES).exists()


def files_below(folder):
    """Every file of a folder that is no cache of compiled Python."""
    return {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_whom_a_client_names_as_itself_counts_from_trusted_proxies_alone(place):
    def statuses(server):
        told = [{"X-Forwarded-For": f"1.1.1.{number}"} for number in range(5)]
        sent = [httpx.post(server.url, headers=headers).status_code for headers in told]
        return sent.count(429)

    with running(place, "--requests-per-minute", "2") as server:
        assert statuses(server) == 3
    flags = ["--requests-per-minute", "2", "--trusted-proxies", "127.0.0.1"]
    with running(place, *flags) as server:
        assert statuses(server) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A folder with a certificate and a key of its own."""
    openssl = shutil.which("openssl") or pytest.skip("there is no openssl")
    folder = tmp_path_factory.mktemp("tls")
    made = ["-keyout", str(folder / "cxr.key"), "-out", str(folder / "cxr.pem"), "-days", "2"]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*command, *made], check=True, capture_output=True)
    return folder


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(params=["nginx", "caddyfile"])
def proxied(request, certificate, place, tmp_path):
    """A server behind the proxy of the documents, where the proxy listens."""
    program = shutil.which(request.param.removesuffix("file"))
    if not program:
        pytest.skip(f"there is no {request.param}")
    (block,) = documents.blocks(PROJECT / "docs" / "serving.md", request.param)
    flags = ["--token", TOKEN, "--trusted-proxies", "127.0.0.1"]
    with running(place, *flags) as server:
        port = free_port()
        block = block.replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")
        command = PROXIES[request.param](block, port, certificate, tmp_path)
        home = os.environ | dict.fromkeys(("HOME", "XDG_DATA_HOME", "TMPDIR"), str(tmp_path))
        with subprocess.Popen([program, *command], env=home, stderr=subprocess.DEVNULL) as proxy:
            url = f"https://localhost:{port}"
            assert eventually(lambda: _answers(url))
            yield url
            proxy.terminate()


def _answers(url):
    try:
        return httpx.get(f"{url}/health/live", verify=False).status_code == 200
    except httpx.TransportError:
        return False


def nginx(block, port, certificate, folder):
    block = block.replace("listen 443", f"listen 127.0.0.1:{port}")
    block = block.replace("/etc/ssl/", f"{certificate}/")
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"access_log off;\n{kept}{block}"
    told = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\nhttp {{{http}}}"
    (folder / "nginx.conf").write_text(told)
    return ["-c", str(folder / "nginx.conf"), "-p", str(folder)]


def caddy(block, port, certificate, folder):
    tls = f"tls {certificate}/cxr.pem {certificate}/cxr.key"
    block = block.replace("cxr.example.org {", f"https://localhost:{port} {{\n\t{tls}")
    alone = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    (folder / "Caddyfile").write_text(alone + block)
    return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": nginx, "caddyfile": caddy}


def test_behind_the_proxy_of_the_documents_it_works_and_its_limits_do(proxied):
    # A proxy may end the connection of an upload that is refused before it has come.
    refused = httpx.post(proxied + FINDINGS, content=bytes(5_000_000), verify=False)
    assert refused.status_code == 401
    with httpx.Client(base_url=proxied, verify=False, timeout=60) as client:
        assert client.post(FINDINGS, files=[image()], headers=KNOWN).status_code == 200
        origin = {"Origin": proxied}
        form = client.post("/login", data={"token": TOKEN}, headers=origin)
        assert form.status_code == 303
        assert "; Secure" in form.headers["set-cookie"]
        assert client.get("/").status_code == 200
        for elsewhere in ("https://evil.example", proxied.replace("https", "http")):
            answer = client.post(FINDINGS, files=[image()], headers={"Origin": elsewhere})
            assert answer.status_code == 403


def test_behind_the_proxy_a_client_is_limited_whatever_it_writes_itself(proxied):
    statuses = []
    with httpx.Client(base_url=proxied, verify=False) as client:
        for number in range(12):
            told = {"Authorization": "Bearer guess", "X-Forwarded-For": f"1.1.1.{number}"}
            statuses.append(client.get("/metrics", headers=told).status_code)
    assert statuses == [401] * 10 + [429] * 2


def test_the_limits_in_the_documents_are_those_of_the_server():
    rows = {
        f"{middleware.WRONG_TOKENS_PER_MINUTE} a minute; after that",
        f"{Serve.requests_per_minute} a minute, then status 429",
        f"complete within {connections.SECONDS_FOR_HEADERS} s of connecting",
        f"{Serve.max_megabytes} MB; at least {connections.SLOWEST // 1000} kB/s after"
        f" {connections.GRACE} s; {connections.SECONDS_FOR_BODY} s in total",
        f"{middleware.LARGEST_LOGIN} bytes, {middleware.SECONDS_TO_LOG_IN} s",
        f"every {connections.SECONDS_STUCK} s, all of it within {connections.SECONDS_FOR_ANSWER} s",
        f"{connections.MOST}, of one client {connections.MOST_OF_ONE_CLIENT} (",
        f"{Serve.queue}, where each augmented version",
        f"{Serve.max_images}, {Serve.max_megapixels} million",
        f"has {SECONDS_TO_FINISH} s to finish",
    }
    text = (PROJECT / "docs" / "serving.md").read_text()
    assert [row for row in rows if f"{row}" not in text] == []
