import pytest

from reports.shortcut_text import lines


def told(value, low=None, high=None):
    return {"value": value, "ci": None if low is None else [low, high], "ci_missing": None}


@pytest.fixture
def values():
    row = {
        name: {"auc": told(0.75, 0.7, 0.8), "difference": told(-0.125, -0.2, -0.1)}
        for name in ("whole", "outside", "lungs", "borders", "text")
    }
    few = {
        name: each | {"auc": told(0.6) | {"ci_missing": "it has 3 patients"}}
        for name, each in row.items()
    }
    shares = {"gradcam": told(0.5, 0.4, 0.6), "area": told(0.375, 0.3, 0.4)}
    return {
        "synthetic": False,
        "films": 600,
        "patients": 361,
        "data": "covid",
        "split": "none",
        "part": "all",
        "classifier": "cnn",
        "bundle": "runs/cnn",
        "notes": ["it is an external set"],
        "occlusions": {"Mass": row, "Hernia": few, "macro": row},
        "attribution": {"Mass": shares | {"gradcam − area": told(0.125, 0.1, 0.2)}},
        "films_with_text": 400,
        "flagged": ["Mass"],
        "probes": {"net": {"sex M": {"auc": 0.875, "auc_ci": [0.8, 0.9]}}},
    }


def test_the_answer_comes_first_and_names_what_survives(values):
    first = lines(values)[0]
    assert first == (
        "The AUC of Mass survives blanking the lungs, so the model may use a shortcut."
    )
    assert lines(values | {"flagged": []})[0].startswith("No finding is flagged, since no AUC")
    assert lines(values | {"synthetic": True})[0].startswith("On synthetic images, the AUC")


def test_every_table_has_its_figures(values):
    text = "\n".join(lines(values))
    for figure in ("0.750 [0.700, 0.800]", "−0.125 [−0.200, −0.100]", "0.500 [0.400, 0.600]"):
        assert figure in text
    assert "0.875 [0.800, 0.900]" in text
    assert "text was found in 400 of 600 images" in text


def test_a_finding_without_an_interval_has_its_reason(values):
    assert "no interval or test for Hernia: it has 3 patients" in lines(values)


def test_without_maps_and_metadata_their_tables_are_left_out(values):
    shorter = lines(values | {"attribution": {}, "probes": {"net": {}}})
    assert "probe" not in "\n".join(shorter)
    assert "attribution" not in "\n".join(shorter)
