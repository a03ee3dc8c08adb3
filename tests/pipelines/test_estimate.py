import json
from pathlib import Path

import pytest

from errors import InvalidOption
from pipelines import estimate, extract
from pipelines.command_options import Extract
from pipelines.estimate import Trial
from tests import fakes

SMALL = "orb_words.n_words=8 orb_words.image_size=128 orb_words.sample_images=6"
HALF_A_WORKDAY = Trial(images_per_second=10, bytes_per_image=20_000, memory=3 * 10**9)


@pytest.fixture
def told(tmp_path):
    fakes.sick_and_well(tmp_path / "films", 40)

    def told(**changes):
        options = {"extractors": "orb_words", "set": SMALL, "data": tmp_path / "films"}
        options |= {"cache": tmp_path / "cache", "estimate": 1000, "workers": 4}
        return extract.run(Extract(**options | changes))

    return told


def test_hours_and_bytes_follow_from_the_trial():
    found = estimate.extrapolated(HALF_A_WORKDAY, images=1_440_000, workers=10)
    assert found.hours == 4
    assert found.cache_bytes == 28.8e9
    assert found.worker_memory == HALF_A_WORKDAY.memory


def test_an_estimate_writes_no_vector(told, tmp_path):
    values = told().values
    assert values["estimate"]["images"] == 1000
    assert values["trial"]["images_per_second"] > 0
    assert values["trial"]["bytes_per_image"] == 8 * (1 + 4 + 16) * 4 + 80
    assert not list((tmp_path / "cache").glob("*/part-*"))


def test_an_estimate_is_plain_json_and_says_the_same(told):
    result = told()
    assert json.loads(json.dumps(result.values)) == result.values
    assert "1,000 images on 4 workers" in result.text


@pytest.mark.parametrize("changes", [{"estimate": -1}, {"workers": 0}])
def test_numbers_that_mean_nothing_are_refused(told, changes):
    with pytest.raises(InvalidOption, match="--estimate takes a number of images"):
        told(**changes)


def test_images_too_few_to_try_are_refused(told, tmp_path):
    for path in sorted(Path(tmp_path / "films").rglob("*.png"))[::2]:
        path.unlink()
    with pytest.raises(InvalidOption, match="--estimate tries 128 images"):
        told()
