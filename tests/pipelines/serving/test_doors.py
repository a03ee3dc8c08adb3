import pytest

from pipelines.serving.doors import Doors

HERE = {"host": "localhost:7860"}
SENT = {"host": "films.example", "authorization": "Bearer secret"}


def status(doors, path="/", **headers):
    answer = doors.refusal(path, headers)
    return answer and answer.status


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:7860", "[::1]:7860"])
def test_without_a_token_this_machine_is_let_in(host):
    assert status(Doors(""), host=host) is None


@pytest.mark.parametrize("host", ["", "films.example", "localhost.films.example", "[", "127.0.0.2"])
def test_without_a_token_no_other_name_is_let_in(host):
    assert status(Doors(""), host=host) == 403


@pytest.mark.parametrize("headers", [HERE, SENT])
def test_pages_of_other_sites_may_not_ask(headers):
    assert status(Doors("secret"), **headers, origin="http://evil.example") == 403


def test_with_a_token_only_who_sends_it_is_let_in():
    doors = Doors("secret")
    assert status(doors, **SENT) is None
    for wrong in ("Bearer Secret", "Bearer ", "Basic secret", "Bearer s\xe9cret"):
        assert status(doors, host="films.example", authorization=wrong) == 401
    assert status(doors, **HERE) == 401


def test_health_is_open_to_all():
    assert status(Doors("secret"), "/health/live", host="films.example") is None


def test_a_browser_is_given_the_form_and_a_program_a_sentence():
    doors = Doors("secret")
    assert b"<form" in doors.refusal("/", HERE | {"accept": "text/html,*/*"}).body
    assert dict(doors.refusal("/", HERE).headers)["www-authenticate"] == "Bearer"


def test_who_types_the_token_has_a_session():
    doors = Doors("s&cret")
    answer = doors.login(b"token=s%26cret")
    assert answer.status == 303
    cookie = dict(answer.headers)["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "s&cret" not in cookie
    assert status(doors, **HERE, cookie=cookie.partition(";")[0]) is None


@pytest.mark.parametrize("body", [b"", b"token=", b"token=wrong", b"\xff", b"token=secret2"])
def test_who_types_anything_else_sees_the_form_again(body):
    answer = Doors("secret").login(body)
    assert answer.status == 401
    assert b"This is not the token." in answer.body


@pytest.mark.parametrize("cookie", ["cxr_session=", "cxr_session=guess", "a=b", "\x00;;="])
def test_a_made_up_session_is_none(cookie):
    assert status(Doors("secret"), **HERE, cookie=cookie) == 401
