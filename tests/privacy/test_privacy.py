"""Nobody is told anything: no name of a person in what is written, no word to another machine."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.privacy import identities, watch

NETWORK = ["--extractors", "small_resnet,orb_words", "--weights", "random", "--image-size", "32"]
WORDS = ["--set", "orb_words.n_words=8 orb_words.image_size=128"]


def commands(place, images):
    """Every command that reads films, on DICOMs; and then on single films."""
    data = ["--data", str(place / "films"), "--cache", str(place / "made" / "cache")]
    out, bundle = place / "made", ["--bundle", str(place / "made" / "bundle")]

    def command(name, *options, reads=data):
        target = "bundle" if name == "train" else name
        return [name, *reads, *options, "--out", str(out / target)]

    split = ["--check-images", "--duplicates", "--save-split", str(out / "split.json")]
    scores = [f"mine={out / 'predict' / 'scores.csv'}"]
    return [
        command("data", *split),
        command("extract", *NETWORK, *WORDS),
        command("keypoints", "--detector", "orb"),
        command("train", *NETWORK, *WORDS),
        command("compare", *NETWORK, *WORDS, "--classifiers", "cnn,dual_input"),
        command("explain", *bundle, "--n-images", "2"),
        command("predict", *bundle),
        command("score", "--labels", str(place / "films"), "--scores", *scores, reads=[]),
        ["predict", *map(str, images), *bundle, *data[2:], "--out", str(out / "single")],
        ["explain", *map(str, images), *bundle, *data[2:], "--out", str(out / "panels")],
        ["cache", "list", "--cache", str(out / "cache")],
    ]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder in whose `made` lies what every command wrote and said, by a watched process."""
    place = tmp_path_factory.mktemp("privacy")
    identities.data_set(place / "films")
    (place / "made").mkdir()
    lines = commands(place, identities.pictures(place / "single"))
    done = watch.run(place, watch.COMMANDS, json.dumps(lines))
    (place / "made" / "said.txt").write_text(done.stdout + done.stderr)
    codes = [line for line in done.stdout.splitlines() if line in ("0", "1", "2")]
    assert (done.returncode, len(codes), "2" in codes) == (0, len(lines), False), done.stderr
    return place


@pytest.mark.long
def test_images_are_full_of_what_must_not_be_found_again(place):
    everything = "\n".join(identities.found_in(place / "films"))
    plain = [secret for secret in identities.secrets() if len(secret) != 12 or " " in secret]
    assert all(secret in everything for secret in plain)


@pytest.mark.long
def test_no_command_writes_or_says_who_the_patient_is(place):
    assert identities.found_in(place / "made") == []


@pytest.mark.long
def test_every_command_has_written_something(place):
    names = {path.name for path in (place / "made").rglob("*")}
    assert names >= {
        *("skipped.csv", "duplicates.csv", "split.json", "bundle.json", "report.html"),
        *("explain.html", "findings.jsonl", "digests.parquet", "recipe.json"),
    }


@pytest.mark.long
def test_no_command_talks_to_another_machine(place):
    assert watch.asked(place) == []


@pytest.mark.long
def test_the_server_tells_nobody_who_the_patient_is_and_keeps_no_image(place):
    home = place / "server"
    said = home.with_suffix(".txt")
    bundle = ["--bundle", str(place / "made" / "bundle")]
    with said.open("w") as told:
        server = subprocess.Popen(
            [sys.executable, str(watch.PROJECT / "cli.py"), "serve", "--port", "0", *bundle],
            env=watch.environment(home),
            stdout=told,
            stderr=told,
        )
    try:
        answers = ask(address(said, server), place / "single" / "three.dcm")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    (home / "answers.txt").write_text("\n".join(answers))
    assert identities.found_in(home) == []
    assert "Zyxmann" not in said.read_text()
    assert not list(home.rglob("*.dcm"))
    assert not (home / watch.NOTES).exists()


def address(said: Path, server: subprocess.Popen) -> str:
    while server.poll() is None:
        for word in said.read_text().replace(";", " ").split():
            if word.startswith("http://"):
                return word
        time.sleep(0.1)
    raise AssertionError(said.read_text())


def ask(url: str, image: Path) -> list[str]:
    """What the server answers about a film, and the page."""
    with httpx.Client(base_url=url, timeout=60) as client:
        while not ready(client):
            time.sleep(0.1)
        sent = {"films": (image.name, image.read_bytes())}
        alone = {"film": sent["films"]}
        answers = [
            client.post("/api/v1/findings", files=sent),
            client.post("/api/v1/explanation?label=coarse", files=alone),
            client.post("/api/v1/panel?label=coarse", files=alone),
            client.get("/"),
            client.get("/metrics"),
        ]
    assert answers[0].json()["films"][0]["findings"]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.text for answer in answers]


def ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready").status_code == 200
    except httpx.ConnectError:
        return False


@pytest.mark.slow
def test_the_watch_hears_every_way_out(tmp_path):
    code = (
        "import socket, urllib.request\n"
        "for go in (lambda: urllib.request.urlopen('http://films.invalid', timeout=1),\n"
        "           lambda: socket.socket().connect(('203.0.113.1', 80))):\n"
        "    try: go()\n"
        "    except OSError as error: print(error)\n"
    )
    said = watch.run(tmp_path, code).stdout
    assert said.count("the network is denied") == 2
    assert watch.asked(tmp_path) == [
        "socket.connect 203.0.113.1",
        "socket.getaddrinfo films.invalid",
    ]


@pytest.mark.long
def test_weights_are_all_that_is_ever_asked_for(tmp_path):
    code = (
        "from pathlib import Path\n"
        "import cli\n"
        "from datasets.synthetic import cohort\n"
        "cohort.draw(Path('films'), images=12, size=64, seed=0)\n"
        "print(cli.main(['extract', '--data', 'films', '--extractors', 'resnet50', '--cache',"
        " 'cache', '--out', 'out', '--image-size', '32']))"
    )
    done = watch.run(tmp_path, code)
    assert done.stdout.splitlines()[-1] == "0", done.stderr
    assert watch.asked(tmp_path) == ["socket.getaddrinfo storage.googleapis.com"]
