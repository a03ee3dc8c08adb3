from dataclasses import replace

import numpy as np
import pytest

from clusters import prediction
from datasets import sources
from errors import ClusterUnusable
from inference.bundle_options import Predict
from inference.predictions import stream
from inference.working_bundle import WorkingBundle
from tests.features.stubs import OwnCrew


@pytest.fixture
def asked(place, monkeypatch):
    monkeypatch.setattr(prediction, "IMAGES_PER_CHUNK", 25)
    return Predict(data=place / "films", bundle=place / "bundle")


def test_a_crew_says_what_this_process_says_in_the_same_order(asked):
    images = sources.images_of(asked)
    crew = OwnCrew()
    here = list(stream(WorkingBundle(asked.bundle), images, 0, 2))
    assert list(prediction.streamed(images, asked, crew)) == here
    assert [len(part) for part in crew.items] == [25, 25, 10]


def test_a_crew_abstains_as_this_process_does(place, asked):
    asked = replace(asked, abstain=0.5)
    images = sources.images_of(asked)
    here = list(stream(WorkingBundle(asked.bundle, abstain=0.5), images, 0, 2))
    assert list(prediction.streamed(images, asked, OwnCrew())) == here
    assert all(each.answer for image in here for each in image.findings)


def test_parts_know_their_images_wherever_they_are_opened(asked, monkeypatch):
    images = sources.images_of(asked)
    crew = OwnCrew()
    list(prediction.streamed(images, asked, crew))
    paths = np.concatenate([part.paths for part in crew.items])
    assert all(path.startswith("/") for path in paths)


def test_a_worker_with_another_bundle_says_so(asked):
    images = sources.images_of(asked)

    class Elsewhere(OwnCrew):
        def results(self, make, items, named):
            job = make.args[0]._replace(contents="another")
            return super().results(lambda part: prediction.work(job, part), items, named)

    with pytest.raises(ClusterUnusable, match="must find the same bundle as the client"):
        list(prediction.streamed(images, asked, Elsewhere()))
