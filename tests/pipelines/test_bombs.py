"""Hostile images through every door: each is refused in good time, and everything else goes on."""

import csv
import os
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import cli
from tests import bombs, clocks, fakes
from tests.serving import pictures
from tests.serving.servers import resident, running

pytestmark = [pytest.mark.slow, pytest.mark.long]

GOOD = 3
ROUTES = {
    "/api/v1/findings": "films",
    "/api/v1/panel?label=sick": "film",
    "/api/v1/explanation?label=sick": "film",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data set of good images, every bomb, a pipe and a link to a device."""
    root = tmp_path_factory.mktemp("images")
    for number in range(GOOD):
        fakes.write_picture(root / ("sick", "well")[number % 2] / f"good{number}.png", number)
    for number, make in enumerate(bombs.BOMBS.values()):
        (root / "sick" / f"bomb{number}.dcm").write_bytes(make())
    os.mkfifo(root / "sick" / "bomb-pipe.png")
    (root / "sick" / "bomb-device.png").symlink_to("/dev/zero")
    return root


COMMANDS = {
    "data": ["--check-images"],
    "extract": ["--extractors", "orb_words", "--set", "orb_words.n_words=4"],
    "keypoints": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_skips_every_bomb_and_goes_on(folder, tmp_path, command):
    places = ["--out", str(tmp_path / "out")]
    places += [] if command == "data" else ["--cache", str(tmp_path / "cache")]
    given = sorted(map(str, folder.rglob("*.*"))) if command == "keypoints" else []
    data = [] if given else ["--data", str(folder), "--format", "folders"]
    start = time.monotonic()
    assert cli.main([command, *given, *data, *COMMANDS[command], *places]) == 1
    n_bombs = len(bombs.BOMBS) + 2
    assert time.monotonic() - start < clocks.seconds(5 * n_bombs)
    with (tmp_path / "out" / "skipped.csv").open() as file:
        skipped = [row["id"] for row in csv.DictReader(file)]
    assert len(skipped) == n_bombs
    assert all("bomb" in name for name in skipped)


@pytest.fixture(scope="module")
def server(place):
    with running(place, "--requests-per-minute", "0", "--jobs", "2") as server:
        yield server


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", bombs.BOMBS)
def test_the_server_refuses_a_bomb_and_answers_another_client_meanwhile(server, name, route):
    data, before = bombs.BOMBS[name](), resident(server.process.pid)
    attack = {ROUTES[route]: ("bomb.dcm", data)}
    with ThreadPoolExecutor(1) as pool:
        start = time.monotonic()
        refusal = pool.submit(httpx.post, f"{server.url}{route}", files=attack, timeout=30)
        peak, slowest = before, 0.0
        while not refusal.done():
            asked = time.monotonic()
            assert httpx.get(f"{server.url}/health/live").status_code == 200
            slowest = max(slowest, time.monotonic() - asked)
            peak = max(peak, resident(server.process.pid))
            time.sleep(0.02)
        took = time.monotonic() - start
    assert slowest < clocks.seconds(2)
    assert took < clocks.seconds(5)
    assert refusal.result().status_code in (413, 422)
    assert "\n" not in refusal.result().json()["detail"]
    assert peak - before < 500


def test_an_image_of_another_client_is_read_while_a_bomb_is(server):
    attack = {"films": ("bomb.dcm", bombs.dicom_of_hidden_tags())}
    with ThreadPoolExecutor(1) as pool:
        refusal = pool.submit(httpx.post, f"{server.url}/api/v1/findings", files=attack, timeout=30)
        times = []
        while not refusal.done():
            start = time.monotonic()
            good = httpx.post(f"{server.url}/api/v1/findings", files=[image()], timeout=30)
            assert good.status_code == 200
            times.append(time.monotonic() - start)
    assert len(times) > 1
    assert max(times) < clocks.seconds(2)
    assert refusal.result().status_code == 422


def image():
    return ("films", ("good.png", pictures.png()))
