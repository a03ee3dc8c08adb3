"""`serve`: a web page and a REST interface for a trained bundle."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import checks
from errors import InvalidOption
from features.extractor import is_network
from inference.predictor import Predictor
from models.test_time_augmentation import check_augmentations
from pipelines import Result
from progress import say, stage, warn
from reports.model_card import CARD
from serving.auth import LOOPBACK
from serving.clients import Proxies
from serving.model_queue import IMAGES_AT_ONCE
from serving.serve_options import MOST_AUGMENTATIONS, Serve
from serving.stopping import stopping

TOKEN = "CXR_TOKEN"
SHORTEST_TOKEN = 16
# The report of `compare` or `score`, or else the model card that `train` writes.
REPORTS = ("report.html", CARD)


def run(options: Serve) -> Result:
    """Serve until a signal stops the server, then finish requests in progress."""
    options = checked(options)
    with stopping() as stop, listening(options) as listener:
        with stage("loading the bundle"):
            # Imported here: the web framework takes longer to import than `--help` may take.
            from serving.server import serve
            from serving.service import Service

            predictor = hasty(served(Predictor(options.bundle, options.weights)))
            if predictor.takes_metadata:
                warn("the bundle also uses age, sex and view, which are not known for uploads")
            service = Service(predictor, options)
        port = listener.getsockname()[1]
        say(f"{service.bundle.name} at http://{options.host}:{port}; Ctrl-C stops it")
        serve(service, listener, report_of(options), stop)
    batches = service.queue.batches
    return Result([f"stopped after {batches:,} batches; no image was kept"], {"batches": batches})


def served(predictor: Predictor) -> Predictor:
    """The predictor, if it computes all features itself, since uploads bring none."""
    if predictor.from_files:
        raise InvalidOption(
            "serve computes all features from the uploads; this bundle takes embeddings of"
            f" {' and '.join(predictor.from_files)} from a file. Use `predict`, or train with an"
            " extractor."
        )
    return predictor


def hasty(predictor: Predictor) -> Predictor:
    """The predictor with small batches, since few images arrive at a time."""
    for extractor in predictor.extractors.values():
        if is_network(extractor) and "batch_size" in extractor.get_params():
            extractor.set_params(batch_size=IMAGES_AT_ONCE)
    return predictor


def checked(options: Serve) -> Serve:
    """The options with the token; a server that anyone could use is refused."""
    token = (options.token or os.environ.get(TOKEN, "")).strip()
    options = replace(options, token=token)
    if options.host not in LOOPBACK and not options.token:
        raise InvalidOption(
            f"--host {options.host} lets other machines connect, which needs a token; none is set."
            f" Pass --token SECRET, set {TOKEN}, or omit --host."
        )
    if token and (len(token) < SHORTEST_TOKEN or not token.isprintable()):
        raise InvalidOption(
            f"--token must have {SHORTEST_TOKEN} printable characters or more; this one has"
            f' {len(token)}. Make one with `python -c "import secrets;'
            ' print(secrets.token_urlsafe())"`.'
        )
    # Wrong options are refused before the bundle is loaded.
    Proxies(options.trusted_proxies)
    check_augmentations(options.tta)
    if options.tta > MOST_AUGMENTATIONS:
        raise InvalidOption(
            f"--tta must be at most {MOST_AUGMENTATIONS}, the most that a request may ask for; got"
            f" {options.tta}."
        )
    for name in ("max_megabytes", "max_megapixels", "max_images", "queue"):
        checks.at_least(f"--{name.replace('_', '-')}", getattr(options, name), 1)
    checks.at_least("--requests-per-minute", options.requests_per_minute, 0)
    return options


def listening(options: Serve) -> socket.socket:
    """A socket at the host and port asked for."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Without TCP by name, asyncio delays small packets: 40 ms for every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InvalidOption(
            f"--host and --port must be a free address; {options.host} port"
            f" {options.port} is not: {error}. Try another --port."
        ) from error
    return listener


def report_of(options: Serve) -> Path | None:
    """The report asked for, else one in the bundle's folder or next to it, else the model card."""
    if options.report and not options.report.is_file():
        raise InvalidOption(
            f"--report must be a file; there is none at {options.report}. Name a report.html that"
            " `compare` or `score` wrote, or omit --report."
        )
    folders = (options.bundle, options.bundle.parent)
    places = (folder / report for report in REPORTS for folder in folders)
    return options.report or next((place for place in places if place.is_file()), None)
