"""How a server fares under load, beside `predict` on the same films.

    python benchmarks/serve.py --bundle FOLDER --data FOLDER --clients 8 --seconds 120

Starts `serve` in a process of its own; each client sends one film after the other and says what it
was told. Prints statuses, latency and films/s; then films/s of `predict`, all loaded in both cases.
"""

import argparse
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.files import find_images
from pipelines.options import PROJECT
from pipelines.predictor import Predictor


def started(bundle):
    """A server that is ready, and where it answers."""
    flags = ["--bundle", bundle, "--port", "0", "--requests-per-minute", "0"]
    command = [sys.executable, str(PROJECT / "cli.py"), "serve", *map(str, flags)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    url = re.search(r"http://\S+:\d+", server.stderr.readline())[0]
    threading.Thread(target=server.stderr.read, daemon=True).start()
    while True:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return server, url
        except httpx.TransportError:
            time.sleep(0.1)


def client(url, films, until, told):
    """Sends films until time is up; status and seconds of every answer are added to `told`."""
    with httpx.Client(timeout=120) as session:
        for film in cycle(films):
            if time.monotonic() > until:
                return
            before = time.monotonic()
            answer = session.post(
                f"{url}/api/v1/findings", files={"films": (film.name, film.read_bytes())}
            )
            told.append((answer.status_code, time.monotonic() - before))
            if answer.status_code == 503:
                time.sleep(float(answer.headers["retry-after"]))


def load(url, films, clients, seconds):
    """Films/s of so many clients at once."""
    told, before = [], time.monotonic()
    threads = [
        threading.Thread(target=client, args=(url, films[n:] + films[:n], before + seconds, told))
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(status == 200 for status, _ in told) / (time.monotonic() - before)
    p50, p95 = np.percentile([each for status, each in told if status == 200], (50, 95))
    print(f"{clients} clients: {dict(Counter(status for status, _ in told))}")
    print(f"p50 {p50:.2f} s, p95 {p95:.2f} s, {rate:.1f} films/s")
    return rate


def predicted(predictor, films, seconds):
    """Films/s of `predict`, the network loaded before."""
    list(predictor.predict(films[:1]))
    count, before = 0, time.monotonic()
    while time.monotonic() - before < seconds:
        count += len(list(predictor.predict(films)))
    rate = count / (time.monotonic() - before)
    print(f"predict: {rate:.1f} films/s")
    return rate


def main():
    """Load, then `predict`, then their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=PROJECT / "runs" / "bundle")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120)
    arguments = parser.parse_args()
    films = find_images(arguments.data)[:96]
    predictor = Predictor(arguments.bundle)
    alone = predicted(predictor, films, arguments.seconds / 4)
    server, url = started(arguments.bundle)
    served = load(url, films, arguments.clients, arguments.seconds)
    server.send_signal(signal.SIGTERM)
    server.wait()
    again = predicted(predictor, films, arguments.seconds / 4)
    print(f"served films/s over predict's: {2 * served / (alone + again):.2f}")


if __name__ == "__main__":
    main()
