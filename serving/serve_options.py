"""Options of `serve`.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from inference.bundle_options import Bundled

# Augmented versions of an image in a request.
MOST_AUGMENTATIONS = 16


@dataclass(frozen=True, kw_only=True)
class Serve(Bundled):
    """Serve a trained model as a web page and a REST interface, by default on this machine only.

    Example: python cli.py serve --bundle runs/train/latest --port 8000
    """

    report: Annotated[
        Path | None,
        "Report to link to. Default: report.html or card.md beside the bundle.",
    ] = None
    host: Annotated[str, "Address to listen on. Addresses other than loopback need --token."] = (
        "127.0.0.1"
    )
    port: Annotated[int, "Port to listen on."] = 7860
    token: Annotated[
        str,
        "Secret of at least 16 characters; programs send it as a Bearer token, people log in with"
        " it. Default: CXR_TOKEN.",
    ] = ""
    trusted_proxies: Annotated[
        str,
        "Reverse proxies to trust: addresses or networks, comma-separated.",
    ] = ""
    max_megabytes: Annotated[int, "Largest request in megabytes, with all its images."] = 64
    max_megapixels: Annotated[int, "Largest image in megapixels."] = 40
    max_images: Annotated[int, "Maximum number of images in a request."] = 16
    requests_per_minute: Annotated[
        int, "Most uploads and refused requests per client and minute; 0: no limit."
    ] = 240
    queue: Annotated[
        int,
        "Maximum number of images in progress or waiting, augmented versions included; beyond that"
        " the server is `busy`.",
    ] = 64
    tta: Annotated[
        int, "Augmented versions to average over where a request names no number; 0: none."
    ] = 0
    jobs: Annotated[int, "CPU cores to use; 0: all."] = 0
