from io import BytesIO

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from datasets.synthetic.radiograph import shoot
from datasets.synthetic.synthetic_patients import visits
from serving import examples


@pytest.fixture(scope="module")
def client():
    app = FastAPI()
    app.include_router(examples.routes)
    return TestClient(app)


def test_examples_are_called_synthetic_and_say_what_is_drawn(client):
    told = client.get("/api/v1/examples").json()
    assert told["synthetic"] is True
    assert all(each["name"].startswith("synthetic-") for each in told["examples"])
    drawn = [each["drawn"] for each in told["examples"]]
    assert drawn == ["Cardiomegaly", "Effusion", "Pneumothorax", "Mass", "No Finding"]


def test_an_example_is_the_drawn_image(client):
    answer = client.get("/api/v1/examples/1")
    assert answer.headers["content-type"] == "image/png"
    with Image.open(BytesIO(answer.content)) as image:
        (visit,) = (v for v in visits(examples.DRAWN, examples.SEED) if v.index == 17)
        drawn = shoot(visit, examples.SIDE, examples.SEED).grey
        np.testing.assert_array_equal(np.asarray(image), drawn)


@pytest.mark.parametrize("number", [0, 6, -1, "one", "1.5", "..%2f..%2fetc%2fpasswd"])
def test_any_other_number_is_refused(client, number):
    assert client.get(f"/api/v1/examples/{number}").status_code in (404, 422)
