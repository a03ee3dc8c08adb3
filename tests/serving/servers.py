"""Real servers in processes of their own, and raw connections to them."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx

TOKEN = "0123456789-secret"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}
PROJECT = Path(__file__).resolve().parents[2]
RUN = "import sys, cli\n{patch}\nsys.exit(cli.main(sys.argv[1:]))"


@contextmanager
def running(place, *flags, patch="", ready=True, **environment):
    """A server's process, its `url` and `port`, and what it said; killed in the end if need be.

    `patch` is Python that runs in it first.
    """
    options = ["--bundle", str(place / "bundle"), "--port", "0", *flags]
    command = [sys.executable, "-c", RUN.format(patch=patch), "serve", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    home = os.environ | environment
    with subprocess.Popen(command, cwd=PROJECT, env=home, **pipes) as process:
        try:
            lines, said = iter(process.stderr.readline, ""), []
            found = next(filter(None, (re.search(r"http://\S+?:(\d+)", line) for line in lines)))
            reader = threading.Thread(target=lambda: said.extend(process.stderr), daemon=True)
            reader.start()
            port = int(found[1])
            url = f"http://127.0.0.1:{port}"
            made = SimpleNamespace(process=process, port=port, url=url, said=said, reader=reader)
            if ready:
                wait_for(url)
            yield made
        finally:
            process.kill()


def wait_for(url):
    for _ in range(600):
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(url)


def stopped(server, number, seconds=15):
    """The exit code after a signal, and after how many seconds; and what was said."""
    before = time.monotonic()
    server.process.send_signal(number)
    server.process.wait(seconds)
    took = time.monotonic() - before
    server.reader.join(5)
    return server.process.returncode, took, "".join(server.said)


def connected(port, source="127.0.0.1"):
    """A raw connection, from any address of the loopback."""
    return socket.create_connection(("127.0.0.1", port), 20, (source, 0))


def head(path, length=None, *headers, method="POST"):
    """A request's headers as bytes."""
    told = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    told += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*told, "", ""]).encode()


def until_closed(connection, seconds):
    """All that the server sends until it closes the connection, and after how many seconds."""
    before, parts = time.monotonic(), []
    connection.settimeout(seconds)
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except (ConnectionResetError, BrokenPipeError):
        pass
    return b"".join(parts), time.monotonic() - before


def resident(pid):
    """Megabytes of memory of a process and its children."""
    own = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(own[1]) / 1000 + sum(map(resident, listed))
