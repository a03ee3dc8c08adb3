"""Readers of what programs send to a server."""

from pathlib import Path

import hypothesis.strategies as st
from starlette.testclient import TestClient

from inference.predictor import Predictor
from serving import api
from serving.metrics import Metrics
from serving.serve_options import Serve
from serving.service import Service
from tests.faults.fuzzing import Reader
from tests.faults.inputs import CELLS, changed, dicom, odd_dicoms, pictures
from tests.faults.reading_stores import trained

PATHS = st.sampled_from(["/api/v1/findings", "/api/v1/panel"])
QUERIES = st.dictionaries(st.sampled_from(["tta", "label"]), CELLS | st.just("sick"), max_size=2)
ANSWERS = (200, 207, 413, 422, 503)


def uploads(place: Path) -> Reader:
    """Films, their names and parameters, in a request as it should be."""
    client = _client(place)
    images = st.one_of(changed(*pictures()), changed(dicom()), odd_dicoms())
    sent = st.lists(st.tuples(st.sampled_from(["film", "films"]), CELLS, images), max_size=2)

    def read(given: tuple) -> None:
        path, query, images = given
        files = [(field, (name or "film", data)) for field, name, data in images]
        _check(client.post(path, params=query, files=files))

    return Reader(st.tuples(PATHS, QUERIES, sent), read)


def bodies(place: Path) -> Reader:
    """Requests whose bodies and headers are not what they should be."""
    client = _client(place)
    request = client.build_request("POST", "/", files={"films": ("film.png", pictures()[0])})
    headers, valid = dict(request.headers), request.read()
    kinds = st.sampled_from([headers["content-type"], "multipart/form-data", "text/plain", ""])

    def read(given: tuple) -> None:
        path, kind, body = given
        _check(client.post(path, content=body, headers={"content-type": kind}))

    return Reader(st.tuples(PATHS, kinds, changed(valid)), read)


def _client(place: Path) -> TestClient:
    service = Service(Predictor(trained(place)), Serve(jobs=1))
    service.ready = True
    return TestClient(api.build(service, Metrics(), None))


def _check(answer) -> None:
    assert answer.status_code in ANSWERS or (answer.status_code == 400 and answer.json())
    assert "Traceback" not in answer.text


READERS = {"upload to a server": uploads, "body of a request": bodies}
