import pytest

from serving.auth import COOKIE, Doors

HERE = {"host": "localhost:7860"}
SENT = {"host": "films.example", "authorization": "Bearer secret"}


def refusal(doors, path="/", scheme="", **headers):
    told = {name.encode(): value.encode("utf-8") for name, value in headers.items()}
    return doors.refusal(path, told, scheme)


def status(doors, path="/", scheme="", **headers):
    answer = refusal(doors, path, scheme, **headers)
    return answer and answer.status


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:7860", "[::1]:7860"])
def test_without_a_token_this_machine_is_let_in(host):
    assert status(Doors(""), host=host) is None


@pytest.mark.parametrize("host", ["", "films.example", "localhost.films.example", "[", "127.0.0.2"])
def test_without_a_token_no_other_name_is_let_in(host):
    assert status(Doors(""), host=host) == 403


@pytest.mark.parametrize("headers", [HERE, SENT])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "file://"])
def test_pages_of_other_sites_may_not_ask(headers, origin):
    assert status(Doors("secret"), **headers, origin=origin) == 403


def test_a_page_of_this_server_may_ask():
    assert status(Doors("secret"), **SENT, origin="https://films.example") is None


def test_behind_a_proxy_the_scheme_must_be_the_same_too():
    doors = Doors("secret")
    assert status(doors, scheme="https", **SENT, origin="https://films.example") is None
    assert status(doors, scheme="https", **SENT, origin="http://films.example") == 403


def test_with_a_token_only_who_sends_it_is_let_in():
    doors = Doors("secret")
    assert status(doors, **SENT) is None
    for wrong in ("Bearer Secret", "Bearer ", "Basic secret", "Bearer s\xe9cret"):
        assert status(doors, host="films.example", authorization=wrong) == 401
    assert status(doors, **HERE) == 401


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_token_that_is_not_ascii_is_known_in_either_encoding(encoding):
    sent = {b"host": b"films.example", b"authorization": "Bearer Größe".encode(encoding)}
    assert Doors("Größe").refusal("/", sent) is None
    assert Doors("Grösse").refusal("/", sent).status == 401


def test_a_token_beyond_latin_1_is_not_known_by_question_marks():
    sent = {b"host": b"films.example", b"authorization": "Bearer ключ".encode()}
    assert Doors("ключ").refusal("/", sent) is None
    sent[b"authorization"] = b"Bearer ????"
    assert Doors("ключ").refusal("/", sent).status == 401


def test_health_is_open_to_all():
    assert status(Doors("secret"), "/health/live", host="films.example") is None


def test_a_browser_is_given_the_form_and_a_program_a_sentence():
    doors = Doors("secret")
    assert b"<form" in refusal(doors, **HERE, accept="text/html,*/*").body
    assert b"<form" in refusal(doors, "/login", **HERE).body
    assert dict(refusal(doors, **HERE).headers)["www-authenticate"] == "Bearer"


def test_the_style_of_the_form_is_open_too_and_the_page_is_not():
    doors = Doors("secret")
    assert b'href="/static/login.css"' in refusal(doors, "/login", **HERE).body
    assert status(doors, "/static/login.css", **HERE) is None
    assert status(doors, "/static/page.js", **HERE) == 401


@pytest.mark.parametrize("sent", ["Bearer secret", "bearer wrong", "Bearer "])
def test_a_token_that_is_tried_is_noticed(sent):
    assert Doors("secret").tries_a_token({b"authorization": sent.encode()})


def test_without_a_token_nothing_is_tried():
    assert not Doors("").tries_a_token({b"authorization": b"Bearer x"})
    assert not Doors("secret").tries_a_token({b"authorization": b"Basic x"})


def test_who_types_the_token_has_a_session():
    doors = Doors("s&crét")
    answer = doors.login(b"token=s%26cr%C3%A9t")
    assert answer.status == 303
    cookie = dict(answer.headers)["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "s&crét" not in cookie
    assert status(doors, **HERE, cookie=cookie.partition(";")[0]) is None


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False), ("", False)])
def test_behind_tls_the_session_is_sent_over_tls_alone(scheme, secure):
    answer = Doors("secret").login(b"token=secret", scheme)
    assert ("; Secure" in dict(answer.headers)["set-cookie"]) is secure


@pytest.mark.parametrize("body", [b"", b"token=", b"token=wrong", b"\xff", b"token=secret2"])
def test_who_types_anything_else_sees_the_form_again(body):
    answer = Doors("secret").login(body)
    assert answer.status == 401
    assert b"Wrong token." in answer.body


def test_without_a_token_nothing_logs_in():
    assert Doors("").login(b"token=").status == 401


@pytest.mark.parametrize("cookie", ["cxr_session=", "cxr_session=guess", "a=b", "\x00;;=", "é=é"])
def test_a_made_up_session_is_none(cookie):
    assert status(Doors("secret"), **HERE, cookie=cookie) == 401


def test_a_session_is_of_one_run_alone():
    assert Doors("secret").session != Doors("secret").session
    assert status(Doors("secret"), **HERE, cookie=f"{COOKIE}={Doors('secret').session}") == 401
