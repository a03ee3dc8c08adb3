import pytest

from pipelines import train
from pipelines.options import Train
from tests import fakes

SMALL = "orb_words.n_words=8 orb_words.image_size=128 logistic.views=words"


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Coarse films are sick, fine ones well; a bundle in `bundle` has learned to tell."""
    place = tmp_path_factory.mktemp("place")
    for number in range(60):
        kind, size = (("sick", 32), ("well", 128))[number % 2]
        fakes.write_picture(place / "films" / kind / f"f{number}.png", number, size=size)
    options = {"classifier": "logistic", "extractors": "orb_words", "set": SMALL}
    places = {"data": place / "films", "cache": place / "cache", "out": place / "bundle"}
    train.run(Train(**options, **places))
    return place
