import cv2
import numpy as np
import pytest

from datasets.burnt_in_text import text_boxes


def chest(size=256):
    """Smooth lungs in a brighter body with soft noise, without any letter."""
    y, x = np.indices((size, size)) / size
    lungs = np.exp(-(((np.abs(x - 0.5) - 0.2) / 0.12) ** 2 + ((y - 0.45) / 0.3) ** 2))
    noise = np.random.default_rng(0).normal(0, 4, (size, size))
    return np.clip(150 - 90 * lungs + noise, 0, 255).astype(np.uint8)


def lettered(text, place, size=256):
    plane = cv2.rectangle(chest(size), (0, 0), (size, size // 5), 20, -1)
    scale = size / 512
    return cv2.putText(
        plane, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(1, size // 200)
    )


def test_a_chest_without_letters_has_no_text():
    assert len(text_boxes(chest())) == 0


@pytest.mark.parametrize("size", [256, 1024])
@pytest.mark.parametrize(("text", "width"), [("L", 0.03), ("AP", 0.06), ("PORTABLE", 0.2)])
def test_a_text_near_the_edge_is_covered(text, width, size):
    place = size // 20, size // 8
    before, after = lettered("", place, size), lettered(text, place, size)
    changed = np.argwhere(before.astype(int) != after)
    covered = np.zeros((size, size), bool)
    boxes = text_boxes(after)
    for x, y, w, h in boxes * size:
        covered[round(y) : round(y + h), round(x) : round(x + w)] = True
    assert covered[tuple(changed.T)].mean() > 0.95
    assert covered.mean() < 0.02
    assert boxes[:, 2].sum() > width / 2


def test_a_mark_in_the_middle_of_the_chest_is_left_alone():
    plane = cv2.circle(chest(), (128, 128), 4, 255, -1)
    assert len(text_boxes(plane)) == 0
