"""Commands in a process that may talk to nobody, and that notes whom it tried to talk to.

Python runs a module called sitecustomize first of all, in every process that is started from there
too: it listens to what Python's own sockets are asked for.
"""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NOTES = "asked.txt"
GUARD = """
import ipaddress, os, sys

def at_home(host):
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def listen(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if not at_home(host):
        with open(os.environ["ASKED"], "a") as notes:
            notes.write(f"{event} {host}\\n")
        raise OSError("the network is denied")

sys.addaudithook(listen)
"""
COMMANDS = "import json, sys, cli\nfor line in json.loads(sys.argv[1]): print(cli.main(line))"


def environment(place: Path) -> dict[str, str]:
    """What a watched process needs to know, with homes in which nothing is cached."""
    (place / "guard").mkdir(parents=True)
    (place / "guard" / "sitecustomize.py").write_text(GUARD)
    told = {"PYTHONPATH": f"{place / 'guard'}{os.pathsep}{PROJECT}", "ASKED": str(place / NOTES)}
    homes = dict.fromkeys(("HOME", "KERAS_HOME", "HF_HOME", "TMPDIR"), str(place))
    return os.environ | told | homes


def run(place: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What Python code says in a watched process, its homes in a folder."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=place,
        env=environment(place / "home"),
        capture_output=True,
        text=True,
        check=False,
    )


def asked(place: Path) -> list[str]:
    """Whom a watched process tried to talk to."""
    notes = place / "home" / NOTES
    return sorted(set(notes.read_text().splitlines())) if notes.exists() else []
