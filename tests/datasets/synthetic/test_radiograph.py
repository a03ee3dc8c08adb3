from dataclasses import replace

import numpy as np
import pytest

from datasets.synthetic.anatomy import chest
from datasets.synthetic.body import grow
from datasets.synthetic.canvas import Canvas
from datasets.synthetic.radiograph import attenuation, shoot
from datasets.synthetic.synthetic_findings import FINDINGS
from datasets.synthetic.synthetic_patients import Visit

HEALTHY = Visit(index=7, patient=3, follow_up=0, age=50, woman=False, portable=False, findings={})


UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def image(size=96, seed=0, **changes):
    return shoot(replace(HEALTHY, **changes), size, seed)


def test_the_same_visit_gives_the_same_image():
    np.testing.assert_array_equal(image().grey, image().grey)


def test_another_seed_gives_another_image():
    assert (image(seed=0).grey != image(seed=1).grey).mean() > 0.5


def test_an_image_is_grey_and_uses_its_range():
    grey = image().grey
    assert grey.shape == (96, 96)
    assert grey.dtype == np.uint8
    assert grey.min() < 60 < 200 < grey.max()


def test_lungs_are_darker_than_heart_and_belly():
    grey = image(size=128).grey.astype(float)
    lung, belly = grey[45:60, 35:45].mean(), grey[105:120, 60:80].mean()
    spine = grey[45:60, 62:66].mean()
    assert lung < spine - 40
    assert lung < belly - 40


@pytest.mark.parametrize("name", ["Effusion", "Infiltration", "Mass", "Nodule", "Pneumothorax"])
def test_what_a_finding_changes_lies_in_its_box(name):
    ill, healthy = image(findings={name: 0.9}), image().grey.astype(float)
    inside = np.zeros_like(healthy, bool)
    left, top, width, height = (round(96 * side) for side in ill.boxes[name])
    inside[top : top + height, left : left + width] = True
    # A finding also shifts the window of the whole film: that much is taken off.
    tone = np.polyfit(healthy[~inside], ill.grey[~inside], 2)
    change = np.abs(ill.grey - np.polyval(tone, healthy))
    assert change[inside].mean() > 2 * change[~inside].mean()


def test_a_nodule_stays_in_the_same_place_whatever_else_comes():
    alone = image(findings={"Nodule": 0.5}).boxes["Nodule"]
    joined = image(findings={"Nodule": 0.7, "Effusion": 0.5}).boxes["Nodule"]
    assert joined == alone


def test_follow_ups_show_the_same_person_standing_differently():
    first, later, stranger = image(), image(index=8), image(index=8, patient=4)
    assert (first.grey != later.grey).any()
    assert (later.grey != stranger.grey).any()


def test_texture_is_fainter_where_fluid_has_taken_the_lung():
    healthy = chest(Canvas(96, UPRIGHT), grow((0,), 50, False), False, np.random.default_rng(0))
    fluid, texture = (
        FINDINGS[name](healthy, 0.9, np.random.default_rng(0)) for name in ("Effusion", "Fibrosis")
    )
    beside = attenuation(healthy, [texture]) - attenuation(healthy, [])
    within = attenuation(healthy, [fluid, texture]) - attenuation(healthy, [fluid])
    flooded = fluid.region > 0.9
    assert np.abs(within[flooded]).sum() < 0.5 * np.abs(beside[flooded]).sum()
    np.testing.assert_allclose(within[fluid.region == 0], beside[fluid.region == 0], atol=1e-5)


def test_an_empty_list_of_findings_has_no_box():
    assert image().boxes == {}
