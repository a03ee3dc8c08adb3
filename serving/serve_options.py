"""Options of `serve`.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from inference.bundle_options import Bundled


@dataclass(frozen=True, kw_only=True)
class Serve(Bundled):
    """A bundle as a page for browsers and a REST interface for programs, on this machine alone.

    Example: python cli.py serve --bundle runs/bundle --port 8000
    """

    report: Annotated[
        Path | None, "A run's report.html, one click away; without it one beside the bundle."
    ] = None
    host: Annotated[str, "Address to listen at; any but loopback needs --token."] = "127.0.0.1"
    port: Annotated[int, "Port to listen at."] = 7860
    token: Annotated[
        str,
        "Secret of 16 characters or more that programs send as Bearer and people type to log in;"
        " else from CXR_TOKEN.",
    ] = ""
    trusted_proxies: Annotated[
        str, "Reverse proxies whose X-Forwarded-For counts: addresses or networks, with commas."
    ] = ""
    max_megabytes: Annotated[int, "Largest request, with all its films."] = 64
    max_megapixels: Annotated[int, "Largest film."] = 40
    max_images: Annotated[int, "Most films in a request."] = 16
    requests_per_minute: Annotated[
        int, "Most uploads and refused requests of one client; 0: no limit."
    ] = 240
    queue: Annotated[
        int,
        "Most images at work or waiting, each augmented version counted; beyond, the server is"
        " `busy`.",
    ] = 64
    jobs: Annotated[int, "Cores to use; 0 means all."] = 0
