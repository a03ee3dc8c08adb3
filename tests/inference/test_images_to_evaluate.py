import numpy as np
import pytest

from datasets.images import Split
from errors import InvalidOption
from inference.images_to_evaluate import PARTS, images_in, in_part
from tests import fakes

SETS = np.array(["train", "test", "validation", "test"], object)


@pytest.fixture
def images():
    return fakes.images(np.eye(4)[:, :2], split=Split("mine", SETS))


@pytest.mark.parametrize(
    ("part", "rows"), [("test", [1, 3]), ("validation", [2]), ("all", [0, 1, 2, 3])]
)
def test_a_part_holds_its_images(images, part, rows):
    chosen = images_in(images, part, "robustness")
    assert chosen.ids.tolist() == images.ids[rows].tolist()


@pytest.mark.parametrize("sets", [SETS, SETS[:0]])
def test_an_unknown_part_is_refused_with_those_there_are(sets):
    with pytest.raises(InvalidOption, match=f"{', '.join(PARTS)}; got 'tests'"):
        in_part(sets, "tests")


def test_a_part_without_images_is_refused_for_the_command(images):
    with pytest.raises(InvalidOption, match=r"robustness needs images .* no validation images"):
        images_in(images.select(SETS == "test"), "validation", "robustness")
