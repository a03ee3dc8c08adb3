"""The web page: static files, read once at start, that use the REST interface."""

from functools import partial
from pathlib import Path

from fastapi import APIRouter, Response

from reports.model_card import CARD

STATIC = Path(__file__).with_name("static")
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
PAGE, LOGIN_STYLE = "page.html", "login.css"
# Files of the page. Only these are served: no path from a client is joined to a folder.
FILES = (
    "page.css",
    *("about.js", "colours.js", "concern.js", "dom.js", "drift.js", "evidence.js"),
    *(
        "examples.js",
        "explaining.js",
        "findings.js",
        "gestures.js",
        "keys.js",
        "page.js",
        "pixels.js",
    ),
    *("rest.js", "table.js", "threshold.js", "tools.js", "viewer.js", "worklist.js"),
)


def routes() -> APIRouter:
    """Routes for the page and each of its files."""
    router = APIRouter(include_in_schema=False)
    files = {f"/static/{name}": name for name in (*FILES, LOGIN_STYLE)}
    for path, name in {"/": PAGE, **files}.items():
        body = (STATIC / name).read_bytes()
        router.add_api_route(path, partial(_answer, body, KINDS[Path(name).suffix]))
    return router


def report_named(report: Path | None) -> str | None:
    """The text of the page's link to the report, if there is one."""
    if report is None:
        return None
    return "Model card" if report.name == CARD else "Report of the run"


async def _answer(body: bytes, kind: str) -> Response:
    # An old script in a browser's cache would use routes that a newer server lacks.
    return Response(body, media_type=kind, headers={"cache-control": "no-cache"})
