from dataclasses import replace

import numpy as np
import pytest

from features.local_descriptors import LocalDescriptors
from reports import explanation_pictures
from reports.explanation_pictures import outcome
from reports.plots.panels import SIDE
from tests import explanations
from tests.explanations import FOUND, GRID

WHY = "No Grad-CAM here"


def first(image):
    return next(explanation_pictures.panels(image, WHY, "footer"))


def heats(image):
    return {heat.name: heat for heat in first(image).heats}


def test_the_image_keeps_its_shape_and_shows_its_size():
    panel = first(explanations.explained(shape=(40, 80)))
    assert panel.image.shape == (SIDE // 2, SIDE)
    assert panel.image_note.startswith("80 × 40 pixels")


def test_a_panel_names_label_image_and_outcome():
    panel = first(explanations.explained())
    assert panel.title == "Mass · a/film.png"
    assert panel.outcome.startswith("Calibrated probability 0.750")
    assert panel.footer == "footer"


def test_evidence_is_measured_by_area_and_does_not_depend_on_cells():
    # 16 cells of 0.125 logits are 2 logits over a whole square: 0.02 for each percent of it.
    heat = heats(explanations.explained())["sift"]
    np.testing.assert_allclose(heat.values, 0.02, rtol=1e-6)
    assert heat.values.shape == (SIDE // 2, SIDE)
    assert heat.note == "+2.00 logit in total"


def test_attribution_of_absent_words_is_noted():
    image = explanations.explained(decisions=[explanations.decision(attribution={"sift": 1.25})])
    assert heats(image)["sift"].note == "+1.25 logit in total, −0.75 of it from absent words"


def test_words_of_one_panel_share_their_colours():
    maps = {"sift": np.full((1, 4, 4), 0.125), "grid": np.full((1, 2, 2), -1.0)}
    told = [explanations.decision(attribution={"sift": 2.0, "grid": -4.0})]
    both = heats(
        explanations.explained(maps=maps, keypoints={"sift": FOUND, "grid": GRID}, decisions=told)
    )
    assert both["sift"].limit == both["grid"].limit == pytest.approx(0.04)


def test_the_camera_is_shown_raw_with_its_cells():
    heat = heats(explanations.explained())["Grad-CAM"]
    assert (heat.signed, heat.limit, heat.note) == (False, 1, "2 × 2 cells")


def test_a_map_of_zeros_is_noted():
    maps = {"gradcam++": np.zeros((2, 2, 2), np.float32)}
    heat = heats(explanations.explained(maps=maps, keypoints={}))["Grad-CAM++"]
    assert (heat.limit, heat.note) == (0, "zero everywhere")


def test_without_a_camera_the_panel_says_why():
    maps = {"sift": np.zeros((2, 4, 4), np.float32)}
    heat = heats(explanations.explained(maps=maps))["Grad-CAM"]
    assert heat.values is None
    assert heat.reason == WHY


def test_features_without_a_place_have_a_reason_instead_of_a_map():
    image = explanations.explained(placeless=("glcm",))
    heat = heats(image)["glcm"]
    assert heat.values is None
    assert heat.reason == "No heatmap: glcm describes the image as a whole"


def test_sparse_keypoints_are_shown_before_those_of_a_grid():
    maps = {"grid": np.zeros((2, 2, 2)), "sift": np.zeros((2, 2, 2))}
    told = [explanations.decision(attribution={"sift": 0.0, "grid": 0.0})]
    image = explanations.explained(
        maps=maps, keypoints={"grid": GRID, "sift": FOUND}, decisions=told
    )
    assert first(image).keypoints_note == "3 of sift"


def test_of_a_grid_those_keypoints_are_drawn_where_a_decision_has_its_evidence():
    maps = {"grid": np.stack([np.diag(row) for row in np.eye(8)[:2]])}
    points = np.repeat((np.arange(8) + 0.5) / 8, 8)
    points = np.stack([points, points.reshape(8, 8).T.ravel()], axis=1)
    grid = LocalDescriptors(np.zeros((64, 1)), points, np.full(64, 0.1), np.zeros(64))
    told = [explanations.decision(attribution={"grid": 0.0})] * 2
    image = explanations.explained(maps=maps, keypoints={"grid": grid}, decisions=told)
    found, note = explanation_pictures.keypoints(image, 1)
    assert found.points.tolist() == [[1.5 / 8, 1.5 / 8]]
    assert note == "strongest 1 of grid"


def test_a_bundle_without_words_has_panels_too():
    maps = {"gradcam": np.ones((2, 2, 2), np.float32)}
    panel = first(explanations.explained(maps=maps, keypoints={}))
    assert panel.keypoints is None
    assert [heat.name for heat in panel.heats] == ["Grad-CAM"]


def test_tiles_are_the_image_then_words_together_and_camera_for_each_label():
    tiles = list(explanation_pictures.tiles(explanations.explained()))
    captions = [tile.caption for tile in tiles]
    assert captions == ["a_film", "Mass 0.75 present", "", "No Finding 0.75", ""]
    assert [len(tile.boxes) for tile in tiles] == [0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("words", "sift", "visual words have weight 0 in this model"),
        ("deep", "Grad-CAM", "embeddings of the network have weight 0 in this model"),
    ],
)
def test_a_panel_says_what_has_weight_0(kind, name, told):
    image = replace(explanations.explained(), weightless=(kind,))
    assert heats(image)[name].note == told


def upright(points, sizes, angle=0.0):
    points = np.array(points, float)
    angles = np.full(len(points), angle)
    return LocalDescriptors(np.zeros((len(points), 1)), points, sizes, angles)


def grid(side=10, size=0.2):
    """Keypoints in the middle of each cell of a square, wider than a cell."""
    middles = (np.arange(side) + 0.5) / side
    points = [(x, y) for y in middles for x in middles]
    return upright(points, np.full(side**2, size))


def test_all_keypoints_of_a_detector_are_drawn():
    found = upright(np.zeros((30, 2)), np.full(30, 0.1), angle=45.0)
    assert explanation_pictures.strongest(found, np.ones((4, 4))) is found


def test_of_a_grid_the_keypoint_with_the_strongest_evidence_comes_first():
    heat = np.full((10, 10), 0.1)
    heat[2, 7] = -1.0
    assert explanation_pictures.strongest(grid(), heat).points[0] == pytest.approx([0.75, 0.25])


def test_no_keypoint_of_a_grid_overlaps_another():
    points = explanation_pictures.strongest(
        grid(), np.random.default_rng(0).normal(size=(10, 10))
    ).points
    apart = np.linalg.norm(points[:, None] - points, axis=2)[~np.eye(len(points), dtype=bool)]
    assert 1 < len(points) <= explanation_pictures.MOST_OF_GRID
    assert apart.min() >= 0.2 - 1e-9


def test_no_keypoint_of_a_grid_is_drawn_without_evidence():
    heat = np.zeros((10, 10))
    heat[4, 4] = 0.5
    assert len(explanation_pictures.strongest(grid(), heat)) == 1
    assert len(explanation_pictures.strongest(grid(), np.zeros((10, 10)))) == 0


def test_a_keypoint_on_the_border_lies_in_the_last_cell():
    found = upright(np.ones((30, 2)), np.full(30, 0.1))
    assert len(explanation_pictures.strongest(found, np.ones((4, 4)))) == 1


def test_the_outcome_of_a_decision_is_a_sentence():
    told = explanations.decision()
    assert outcome(told) == (
        "Calibrated probability 0.750, threshold 0.500: called present; label table: present"
    )
    unknown = explanations.decision(present=False, truth=None)
    assert outcome(unknown).endswith("0.500: not called present")
    known = explanations.decision(threshold=None, present=None, truth=0.0)
    assert ": not decided, " in outcome(known)
    assert outcome(known).endswith("; label table: absent")


def test_the_outcome_of_an_exclusive_class_is_whether_it_is_the_most_probable():
    chosen = explanations.decision(threshold=None, present=True, truth=None)
    assert outcome(chosen).endswith("0.750: the most probable class")
    other = explanations.decision(threshold=None, present=False, truth=None)
    assert outcome(other).endswith("0.750: not the most probable class")
