"""Who may come in: this machine alone, or whoever has the token."""

import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from pipelines.serving.answers import HTML, Answer, refused

LOGIN = "/login"
OPEN = ("/health/live", "/health/ready", LOGIN)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
COOKIE = "cxr_session"
FORM = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Log in</title>'
    "<style>body{font:16px system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem}"
    "input,button{font:inherit;padding:.5rem;margin:.3rem 0;width:100%;box-sizing:border-box}"
    '</style><h1>Hybrid CXR</h1><form method="post" action="/login"><label>Token'
    '<input name="token" type="password" autofocus required></label><button>Log in</button></form>'
)
WRONG = '<p role="alert">This is not the token.</p>'


class Doors:
    """Without a token only this machine is let in; with one, whoever sends or has typed it."""

    def __init__(self, token: str) -> None:
        self.token = token
        # Of this run of the server: a restart logs everybody out.
        self.session = secrets.token_urlsafe(32)

    def refusal(self, path: str, headers: Mapping[str, str]) -> Answer | None:
        """Why a request is not let in, if it is not."""
        host = headers.get("host", "")
        # Else a page from elsewhere could ask in its reader's name, or call itself this machine.
        if "origin" in headers and headers["origin"].partition("://")[2] != host:
            return refused(403, "Requests from pages of other sites are not taken.")
        if not self.token:
            if LOCAL.fullmatch(host):
                return None
            return refused(403, "This server answers to localhost alone.")
        if path in OPEN or self._known(headers):
            return None
        if "text/html" in headers.get("accept", ""):
            return Answer(401, FORM.encode(), HTML)
        sentence = "Send the server's token as `Authorization: Bearer TOKEN`."
        return refused(401, sentence, www_authenticate="Bearer")

    def login(self, body: bytes) -> Answer:
        """What follows on the form: the page with a session, or the form again."""
        given = parse_qs(body.decode("latin-1")).get("token", [""])[0]
        if not self.token or not _same(given, self.token):
            return Answer(401, (FORM + WRONG).encode(), HTML)
        cookie = f"{COOKIE}={self.session}; HttpOnly; SameSite=Strict; Path=/"
        return Answer(303, b"", HTML, (("location", "/"), ("set-cookie", cookie)))

    def _known(self, headers: Mapping[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return _same(given.strip(), self.token)
        try:
            session = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return session is not None and _same(session.value, self.session)


def _same(given: str, expected: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(given.encode(), expected.encode())
