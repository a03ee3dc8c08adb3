"""Throughput and latency of a server under load, compared with `predict` on the same images.

    python benchmarks/serve.py --bundle FOLDER --data FOLDER --clients 8 --seconds 120

It starts `serve` in a process of its own; each client sends one image after the other and reads the
answer. Requests are prepared beforehand, because clients share the server's cores. It prints
statuses, latency and images/s, then images/s of `predict`, in turns, with both models loaded.
"""

import argparse
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

import httpx
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.files import find_images
from datasets.options import PROJECT
from inference.predictor import Predictor

TURNS = 2


def started(bundle):
    """A server that is ready, and its URL."""
    flags = ["--bundle", bundle, "--port", "0", "--requests-per-minute", "0"]
    command = [sys.executable, str(PROJECT / "cli.py"), "serve", *map(str, flags)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    # Warnings may come first.
    urls = (re.search(r"http://\S+:\d+", line) for line in server.stderr)
    url = next(filter(None, urls))[0]
    threading.Thread(target=server.stderr.read, daemon=True).start()
    while True:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return server, httpx.URL(url)
        except httpx.TransportError:
            time.sleep(0.1)


def body_of(image):
    """An image as the form that a client sends."""
    form = {"films": (image.name, image.read_bytes())}
    request = httpx.Request("POST", "http://localhost", files=form)
    return request.read(), {"Content-Type": request.headers["content-type"]}


def client(url, bodies, until, answers):
    """Send images until a time; append the status and seconds of every answer."""
    connection = HTTPConnection(url.host, url.port, timeout=120)
    for body, headers in cycle(bodies):
        before = time.monotonic()
        if before > until:
            return connection.close()
        connection.request("POST", "/api/v1/findings", body, headers)
        answer = connection.getresponse()
        answer.read()
        answers.append((answer.status, time.monotonic() - before))
        if answer.status == 503:
            time.sleep(float(answer.headers["retry-after"]))


def load(url, bodies, clients, seconds):
    """Images per second of the server with this number of clients."""
    answers, before = [], time.monotonic()
    threads = [
        threading.Thread(
            target=client, args=(url, bodies[n:] + bodies[:n], before + seconds, answers)
        )
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(status == 200 for status, _ in answers) / (time.monotonic() - before)
    p50, p95 = np.percentile([each for status, each in answers if status == 200], (50, 95))
    print(f"{clients} clients: {dict(Counter(status for status, _ in answers))}")
    print(f"p50 {p50:.3f} s, p95 {p95:.3f} s, {rate:.1f} images/s", flush=True)
    return rate


def predicted(predictor, images, seconds):
    """Images per second of `predict`, without loading the model."""
    count, before = 0, time.monotonic()
    while time.monotonic() - before < seconds:
        count += len(list(predictor.predict(images)))
    rate = count / (time.monotonic() - before)
    print(f"predict: {rate:.1f} images/s", flush=True)
    return rate


def main():
    """Serve and `predict` in turns, and print the ratio of their images/s."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--bundle", type=Path, default=PROJECT / "runs" / "train" / "latest", help="bundle to serve"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with images")
    parser.add_argument("--clients", type=int, default=8, help="number of clients")
    parser.add_argument("--seconds", type=float, default=120, help="of serving, in total")
    parser.add_argument(
        "--predicting", type=float, default=10, help="seconds of predict before and after each turn"
    )
    arguments = parser.parse_args()
    images = find_images(arguments.data)[:96]
    predictor = Predictor(arguments.bundle)
    list(predictor.predict(images[:1]))
    bodies = [body_of(image) for image in images]
    server, url = started(arguments.bundle)
    try:
        for _ in range(TURNS):
            alone = predicted(predictor, images, arguments.predicting)
            served = load(url, bodies, arguments.clients, arguments.seconds / TURNS)
            again = predicted(predictor, images, arguments.predicting)
            print(f"served images/s over predict's: {2 * served / (alone + again):.2f}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main()
