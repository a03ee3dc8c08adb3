"""Headers that every answer carries, so that browsers load nothing from anywhere else."""

_SELF_ALONE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# Pages and REST: no script or style but files of this server.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    f" connect-src 'self'; {_SELF_ALONE}"
)
# A report carries its style and pictures inside, and no script.
REPORT = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {_SELF_ALONE}"
POLICY = b"content-security-policy"
HEADERS = {
    POLICY: PAGE.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # Without any referrer browsers send the login form as if from nowhere, and it is refused.
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    # Findings of patients stay in no cache, of a browser or of a proxy.
    b"cache-control": b"no-store",
}

Headers = list[tuple[bytes, bytes]]


def with_policies(headers: Headers) -> Headers:
    """The headers of an answer, with those of all answers where it has none of its own."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in HEADERS.items() if pair[0] not in own)]
