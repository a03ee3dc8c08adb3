from dataclasses import replace

import numpy as np
import pytest

from models import bundle
from pipelines import train
from pipelines.command_options import Train
from tests import fakes

SMALL = "orb_words.n_words=8 orb_words.image_size=128 logistic.views=words"


@pytest.fixture
def root(tmp_path):
    """Twelve films of a test's own."""
    return fakes.sick_and_well(tmp_path / "films", 12)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Coarse films are sick, fine ones well; a bundle in `bundle` has learned to tell."""
    place = tmp_path_factory.mktemp("place")
    fakes.sick_and_well(place / "films", 60, sick=32)
    options = {"classifier": "logistic", "extractors": "orb_words", "set": SMALL}
    options["task"] = "multilabel"
    places = {"data": place / "films", "cache": place / "cache", "out": place / "bundle"}
    train.run(Train(**options, **places))
    return place


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """A folder with `bundle`, which also takes `e.npz`: random embeddings `mine` of all `films`."""
    folder = tmp_path_factory.mktemp("embedded")
    fakes.sick_and_well(folder / "films", 60, sick=32)
    ids = [f"{('sick', 'well')[number % 2]}/f{number}.png" for number in range(60)]
    values = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    np.savez(folder / "e.npz", ids=np.array(ids), features=values)
    options = {"classifier": "logistic", "extractors": "orb_words", "set": f"{SMALL},deep"}
    places = {"data": folder / "films", "cache": folder / "cache", "out": folder / "bundle"}
    train.run(Train(embeddings=[f"mine={folder / 'e.npz'}"], **options, **places))
    return folder


@pytest.fixture(scope="session")
def undecided(place, tmp_path_factory):
    """The same bundle, had no validation image been sick: that label has no threshold."""
    folder = tmp_path_factory.mktemp("undecided") / "bundle"
    made = bundle.load(place / "bundle")
    bundle.save(replace(made, thresholds=np.array([np.nan, 0.5], np.float32)), folder)
    return folder
