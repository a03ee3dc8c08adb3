import numpy as np
import pytest

from datasets.synthetic.anatomy import chest
from datasets.synthetic.body import grow
from datasets.synthetic.canvas import Canvas
from datasets.synthetic.synthetic_findings import FINDINGS, Shadow, enlarge

UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
BODY = grow((0, 1), 50, False)
CHEST = chest(Canvas(256, UPRIGHT), BODY, False, np.random.default_rng(0))
LUNGS = CHEST.lungs[0] + CHEST.lungs[1]
TEXTURES = ("Edema", "Fibrosis")
BOXED = sorted(set(FINDINGS) - set(TEXTURES))


def shadow(name, severity=0.8, seed=0):
    return FINDINGS[name](CHEST, severity, np.random.default_rng(seed))


@pytest.mark.parametrize("name", BOXED)
def test_the_box_holds_nearly_all_that_the_finding_adds(name):
    left, top, width, height = shadow(name).box()
    rows = slice(round(256 * top), round(256 * (top + height)))
    columns = slice(round(256 * left), round(256 * (left + width)))
    added = shadow(name).dense if name != "Cardiomegaly" else shadow(name).region
    assert np.abs(added[rows, columns]).sum() > 0.85 * np.abs(added).sum()


@pytest.mark.parametrize("name", TEXTURES)
def test_findings_all_over_the_lungs_have_no_box(name):
    assert shadow(name).box() is None


def test_a_box_is_the_rectangle_round_its_region():
    region = np.zeros((10, 20), np.float32)
    region[3:5, 6:12] = 1
    assert Shadow(region=region).box() == pytest.approx((6 / 20, 3 / 10, 6 / 20, 2 / 10))


@pytest.mark.parametrize("name", sorted(set(FINDINGS) - {"Cardiomegaly"}))
def test_a_severe_finding_adds_more_than_a_mild_one(name):
    mild, severe = (np.abs(shadow(name, severity).dense).sum() for severity in (0.1, 0.9))
    assert severe > 1.3 * mild


@pytest.mark.parametrize("name", ["Edema", "Effusion", "Fibrosis", "Infiltration"])
def test_diseases_of_the_lung_stay_in_it(name):
    assert not shadow(name).dense[LUNGS == 0].any()


def coarse_share(layer):
    return layer.reshape(32, 8, 32, 8).mean(axis=(1, 3)).std() / layer.std()


def test_texture_fades_from_a_coarse_view_and_shape_does_not():
    fine, shape = (coarse_share(shadow(name).dense) for name in ("Fibrosis", "Effusion"))
    assert fine < 0.5
    assert shape > 0.9


def test_edema_is_bilateral_and_effusion_is_not():
    def balance(name):
        halves = np.abs(shadow(name).dense)
        return halves[:, :128].sum() / halves.sum()

    assert 0.25 < balance("Edema") < 0.75
    assert balance("Effusion") in (pytest.approx(0), pytest.approx(1))


def test_fluid_climbs_along_the_ribs():
    fluid = shadow("Effusion", severity=0.5).region > 0.5
    across = np.abs(CHEST.place[0])
    tops = [
        np.flatnonzero((fluid & (across > low) & (across < high)).any(axis=1))[0]
        for low, high in ((0.35, 0.5), (0.8, 0.95))
    ]
    assert tops[1] < tops[0]


def test_no_vessel_is_left_beyond_the_pleural_line():
    assert shadow("Pneumothorax").collapsed.max() == pytest.approx(1, abs=0.02)


def test_a_pneumothorax_is_darker_than_the_lung():
    found = shadow("Pneumothorax")
    assert np.median(found.dense[found.region > 0.9]) < 0


def test_cardiomegaly_widens_the_heart():
    assert enlarge(BODY, 0.9).heart > enlarge(BODY, 0.1).heart > BODY.heart


def test_the_median_nodule_measures_about_70_of_1024_pixels():
    widths = [1024 * shadow("Nodule", seed=seed).box()[2] for seed in range(41)]
    assert 60 < np.median(widths) < 82
    assert np.std(widths) > 5


def test_masses_are_larger_than_nodules():
    nodules, masses = (
        np.median([shadow(name, seed=seed).box()[2] for seed in range(15)])
        for name in ("Nodule", "Mass")
    )
    assert masses > 1.5 * nodules
