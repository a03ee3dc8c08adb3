import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.pipelines.serving import films

TOKEN = "0123456789-secret"
PROJECT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture
def process(place, tmp_path):
    """A server of its own, once it is ready, and where it answers."""
    flags = ["--bundle", str(place / "bundle"), "--port", "0", "--token", TOKEN]
    with subprocess.Popen(
        [sys.executable, "cli.py", "serve", *flags, "--host", "0.0.0.0"],
        cwd=PROJECT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        url = re.search(r"http://\S+?:(\d+)", process.stderr.readline())
        url = f"http://localhost:{url[1]}"
        wait_for(url)
        yield process, url
        process.kill()


def wait_for(url):
    for _ in range(600):
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def test_told_to_stop_it_finishes_what_is_under_way_and_leaves_nothing(process, tmp_path):
    running, url = process
    assert httpx.post(f"{url}/api/v1/findings").status_code == 401
    many = [("films", (f"{seed}.png", films.png(seed, 1000))) for seed in range(16)]
    headers = {"Authorization": f"Bearer {TOKEN}"}

    def ask():
        return httpx.post(f"{url}/api/v1/findings", files=many, headers=headers, timeout=60)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask)
        while "cxr_films_inside 16" not in httpx.get(f"{url}/metrics", headers=headers).text:
            assert not answer.done()
        running.send_signal(signal.SIGTERM)
        assert answer.result().status_code == 200
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "no film was kept" in out
    assert not list(tmp_path.iterdir())
