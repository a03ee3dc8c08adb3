import threading
import time
from types import SimpleNamespace

import pytest

from inference.predictor import Predictor
from pipelines.serve import listening
from serving.serve_options import Serve
from serving.service import Service


@pytest.fixture(scope="session")
def predictor(place):
    return Predictor(place / "bundle")


@pytest.fixture
def service(predictor):
    service = Service(predictor, Serve(max_images=4, max_megapixels=1, max_megabytes=1, jobs=2))
    service.ready = True
    yield service
    service.close()


@pytest.fixture(scope="session")
def live(predictor, tmp_path_factory):
    """A server at `url` with its page, and its `service`."""
    from serving.server import made

    options = Serve(port=0, max_megabytes=4, requests_per_minute=0, jobs=2)
    service = Service(predictor, options)
    report = tmp_path_factory.mktemp("run") / "report.html"
    report.write_text("<h1>verdict</h1>")
    server = made(service, report)
    listener = listening(options)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    service.warm_up()
    while not server.started:
        time.sleep(0.01)
    url = f"http://localhost:{listener.getsockname()[1]}"
    yield SimpleNamespace(url=url, service=service)
    server.should_exit = True
    thread.join()
    service.close()
    listener.close()
