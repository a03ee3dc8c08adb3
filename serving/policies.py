"""Headers of every answer, so that browsers load nothing from other sites."""

from reports.pages import SCRIPT_SOURCE

_SELF_ALONE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# Pages and REST: only scripts and styles of this server.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    f" connect-src 'self'; {_SELF_ALONE}"
)
# A report contains its style, its pictures and one script.
REPORT = (
    f"default-src 'none'; script-src {SCRIPT_SOURCE}; style-src 'unsafe-inline'; img-src data:;"
    f" {_SELF_ALONE}"
)
POLICY = b"content-security-policy"
HEADERS = {
    POLICY: PAGE.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # Without a referrer, browsers send the login form with a null origin, which is refused.
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    # Findings of patients must not stay in caches of browsers or proxies.
    b"cache-control": b"no-store",
}

Headers = list[tuple[bytes, bytes]]


def with_policies(headers: Headers) -> Headers:
    """The headers of an answer, completed by those of all answers."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in HEADERS.items() if pair[0] not in own)]
