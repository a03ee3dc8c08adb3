"""Who may send requests: only this machine, or everyone with the token."""

import re
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from serving import page
from serving.answers import HTML, Answer, refused

LOGIN, STYLE = "/login", f"/static/{page.LOGIN_STYLE}"
HEALTH = ("/health/live", "/health/ready")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
COOKIE = "cxr_session"
FORM = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Log in</title>'
    f'<link rel="stylesheet" href="{STYLE}">'
    '<h1>Hybrid CXR</h1><form method="post" action="/login"><label>Token'
    '<input name="token" type="password" autofocus required></label><button>Log in</button></form>'
)
WRONG = '<p role="alert">Wrong token.</p>'

Headers = Mapping[bytes, bytes]


class Doors:
    """Admits requests: without a token from this machine only, with one from all who have it."""

    def __init__(self, token: str) -> None:
        self.tokens = _encoded(token)
        # Valid for this run of the server; a restart logs everyone out.
        self.session = secrets.token_urlsafe(32)

    def refusal(self, path: str, headers: Headers, scheme: str = "") -> Answer | None:
        """Why a request is refused, if it is; `scheme` is known behind a trusted proxy."""
        host = headers.get(b"host", b"").decode("latin-1")
        # Otherwise a page of another site could send requests in its reader's name.
        if _from_elsewhere(headers, host, scheme):
            return refused(
                403, "Requests from pages of other sites are refused. Open the page of this server."
            )
        if not self.tokens:
            if LOCAL.fullmatch(host):
                return None
            return refused(
                403, "Without a token, this server answers only on localhost. Use http://localhost."
            )
        if path in (*HEALTH, STYLE) or self._known(headers):
            return None
        if path == LOGIN or b"text/html" in headers.get(b"accept", b""):
            return Answer(401, FORM.encode(), HTML)
        sentence = "Send the server's token as `Authorization: Bearer TOKEN`."
        return refused(401, sentence, www_authenticate="Bearer")

    def login(self, body: bytes, scheme: str = "") -> Answer:
        """The answer to the login form: the page with a session, or the form again."""
        given = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0]
        if not self._is_token(given.encode("utf-8", "replace")):
            return Answer(401, (FORM + WRONG).encode(), HTML)
        secure = "; Secure" * (scheme == "https")
        cookie = f"{COOKIE}={self.session}; HttpOnly; SameSite=Strict; Path=/{secure}"
        return Answer(303, b"", HTML, (("location", "/"), ("set-cookie", cookie)))

    def tries_a_token(self, headers: Headers) -> bool:
        """Whether a request sends a token, valid or not."""
        return bool(self.tokens) and _bearer(headers) is not None

    def _known(self, headers: Headers) -> bool:
        given = _bearer(headers)
        if given is not None:
            return self._is_token(given)
        sessions = _sessions(headers.get(b"cookie", b""))
        return any([secrets.compare_digest(each, self.session.encode()) for each in sessions])

    def _is_token(self, given: bytes) -> bool:
        # Compared in constant time, with all encodings.
        return any([secrets.compare_digest(given, token) for token in self.tokens])


def _from_elsewhere(headers: Headers, host: str, scheme: str) -> bool:
    """Whether a request comes from another site's page; a known scheme must match as well."""
    if b"origin" not in headers:
        return False
    origin_scheme, _, place = headers[b"origin"].decode("latin-1").partition("://")
    return place != host or (scheme != "" and origin_scheme != scheme)


def _sessions(cookies: bytes) -> list[bytes]:
    """The values of our cookie; Python's cookie parser can be made to take very long."""
    pairs = [each.strip().partition(b"=") for each in cookies.split(b";")]
    return [value for name, _, value in pairs if name == COOKIE.encode()]


def _encoded(token: str) -> set[bytes]:
    """The bytes of a token in the encodings that programs use for headers."""
    if not token:
        return set()
    try:
        return {token.encode(), token.encode("latin-1")}
    except UnicodeEncodeError:
        return {token.encode()}


def _bearer(headers: Headers) -> bytes | None:
    """The token that a request sends; None without one."""
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    return given.strip() if scheme.lower() == b"bearer" else None
