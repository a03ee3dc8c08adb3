import shlex
import socket
import subprocess
import sys

import pytest

from errors import InvalidOption
from inference.predictor import Predictor
from pipelines.serve import checked, hasty, listening, report_of, served
from serving.model_queue import IMAGES_AT_ONCE
from serving.serve_options import Serve

TOKEN = "0123456789-secret"


def test_another_host_needs_a_token(monkeypatch):
    monkeypatch.delenv("CXR_TOKEN", raising=False)
    with pytest.raises(InvalidOption, match="needs a token; none is set"):
        checked(Serve(host="0.0.0.0"))
    assert checked(Serve(host="0.0.0.0", token=TOKEN)).token == TOKEN
    assert checked(Serve()).token == ""


def test_a_bundle_that_takes_embeddings_from_a_file_is_not_served(embedded):
    with pytest.raises(InvalidOption, match="takes embeddings of mine from a file"):
        served(Predictor(embedded / "bundle"))


def test_the_token_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CXR_TOKEN", f"{TOKEN}\n")
    assert checked(Serve(host="0.0.0.0")).token == TOKEN


@pytest.mark.parametrize("token", ["secret", "fifteen letters", "a token of two\nlines of text"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token, host):
    with pytest.raises(InvalidOption, match=r"16 printable characters.*secrets\.token_urlsafe"):
        checked(Serve(host=host, token=token))


@pytest.mark.parametrize("token", ["sixteen letters.", "größer als sechzehn", "ключ-от-рентгена"])
def test_a_token_of_sixteen_characters_of_any_kind_is_taken(token):
    assert checked(Serve(token=token)).token == token


def test_the_command_that_the_error_names_makes_a_token_that_is_taken():
    with pytest.raises(InvalidOption) as error:
        checked(Serve(token="short"))
    _, *command = shlex.split(str(error.value).split("`")[1])
    assert command == ["-c", "import secrets; print(secrets.token_urlsafe())"]
    made = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)
    assert checked(Serve(token=made.stdout)).token == made.stdout.strip()


def test_trusted_proxies_must_be_networks():
    assert checked(Serve(trusted_proxies="127.0.0.1, 10.0.0.0/8"))
    with pytest.raises(InvalidOption, match="--trusted-proxies must be"):
        checked(Serve(trusted_proxies="proxy"))


@pytest.mark.parametrize("name", ["max_images", "max_megabytes", "max_megapixels", "queue"])
def test_limits_that_let_nothing_in_are_refused(name):
    with pytest.raises(InvalidOption, match=f"--{name.replace('_', '-')} must be at least 1"):
        checked(Serve(**{name: 0}))


@pytest.mark.parametrize("times", [1, 17])
def test_a_number_of_versions_that_no_request_may_have_is_refused(times):
    assert checked(Serve(tta=16)).tta == 16
    with pytest.raises(InvalidOption, match=rf"--tta must be .*got {times}"):
        checked(Serve(tta=times))


def test_a_negative_number_of_requests_a_minute_is_refused():
    with pytest.raises(InvalidOption, match="--requests-per-minute must be at least 0"):
        checked(Serve(requests_per_minute=-1))


def test_a_port_that_is_taken_is_a_clear_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InvalidOption, match="Try another --port"):
            listening(Serve(port=taken.getsockname()[1]))


def test_answers_are_sent_without_waiting_for_more():
    with listening(Serve(port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize("changes", [{"port": 99_999}, {"host": "films.invalid"}])
def test_an_address_that_is_none_is_a_clear_error(changes):
    with pytest.raises(InvalidOption, match="must be a free address"):
        listening(Serve(**changes))


def test_the_report_is_found_in_the_bundle_or_beside_it(tmp_path):
    bundle = tmp_path / "run" / "bundle"
    bundle.mkdir(parents=True)
    assert report_of(Serve(bundle=bundle)) is None
    (tmp_path / "run" / "report.html").write_text("")
    assert report_of(Serve(bundle=bundle)) == tmp_path / "run" / "report.html"
    (bundle / "report.html").write_text("")
    assert report_of(Serve(bundle=bundle)) == bundle / "report.html"


def test_without_a_report_the_bundles_card_is_shown(tmp_path):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "card.md").write_text("# Model card")
    assert report_of(Serve(bundle=bundle)) == bundle / "card.md"
    (bundle / "report.html").write_text("")
    assert report_of(Serve(bundle=bundle)) == bundle / "report.html"


def test_a_report_that_is_named_must_be_there(tmp_path):
    with pytest.raises(InvalidOption, match="--report must be a file"):
        report_of(Serve(report=tmp_path / "gone.html"))


def test_a_network_that_serves_takes_few_images_at_once(place):
    from features.extractors.resnet50 import ResNet50

    predictor = Predictor(place / "bundle")
    predictor.extractors["resnet50"] = ResNet50(weights="random")
    sizes = [getattr(made, "batch_size", 0) for made in hasty(predictor).extractors.values()]
    assert max(sizes) == IMAGES_AT_ONCE
