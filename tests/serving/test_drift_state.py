import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from evaluation.population_shift import Histogram
from inference.drift_watch import Watch
from models.training_reference import Observed, Reference
from serving import drift_state
from serving.drift_state import state

REFERENCE = Reference({"exposure": Histogram.of(np.arange(100.0))}, {}, {}, 2.0)


@pytest.fixture
def watch():
    watch = Watch(REFERENCE, 500)
    for _ in range(60):
        watch.add(Observed((250.0,), 3.0))
    return watch


def test_a_bundle_of_an_earlier_version_says_that_it_cannot_compare():
    shown = state(None)
    assert not shown.compared
    assert (shown.images, shown.quantities) == (0, [])


def test_the_state_has_every_quantity_and_a_sentence_for_those_that_changed(watch):
    drift = watch.drift()
    shown = state(drift)
    assert (shown.images, shown.unlike) == (60, 60)
    (quantity,) = shown.quantities
    assert (quantity.name, quantity.shifted, quantity.ks) == ("exposure", True, 0.98)
    assert shown.sentences == drift.sentences


def test_the_route_answers_with_the_service_s_drift(watch):
    app = FastAPI()
    app.state.service = type("Service", (), {"drift": watch.drift()})
    app.include_router(drift_state.routes)
    answer = TestClient(app).get("/api/v1/drift").json()
    assert answer["films"] == 60
    assert answer["quantities"][0]["training_median"] == pytest.approx(50, abs=2)
