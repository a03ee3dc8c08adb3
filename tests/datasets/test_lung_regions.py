import numpy as np
import pytest
from PIL import Image

from datasets.loading import load
from datasets.lung_regions import lungs_of, strips_of
from datasets.options import Reading
from errors import BadTable
from evaluation.localisation import coverage
from tests import fakes

SHAPES = np.full((6, 2), (64, 128))


@pytest.fixture
def images(tmp_path):
    return load(Reading(data=fakes.ground_truth(tmp_path / "films")))


def table(path, text):
    path.write_text(text)
    return path


def test_boxes_of_a_table_become_fractions_of_their_image(images, tmp_path):
    text = "image,region,x,y,w,h\na.png,Right Lung,0,16,64,32\na.png,Left Lung,64,0,32,64\n"
    found = lungs_of(table(tmp_path / "lungs.csv", text), images, SHAPES)
    assert [*found] == ["a.png"]
    np.testing.assert_allclose(found["a.png"], [[0, 0.25, 0.5, 0.5], [0.5, 0, 0.25, 1]])


def test_what_lies_outside_of_the_image_does_not_count(images, tmp_path):
    found = lungs_of(
        table(tmp_path / "lungs.csv", "image,x,y,w,h\nb,-64,32,128,64\n"), images, SHAPES
    )
    np.testing.assert_allclose(found["b.png"], [[0, 0.5, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("image,x,y,w\na.png,0,0,1\n", "must have a column 'h'"),
        (
            "image,x,y,w,h\na.png,0,0,1,wide\n",
            "must be a number of pixels in every row",
        ),
        ("image,x,y,w,h\nz.png,0,0,1,1\n", "has none for any of the 6 images"),
    ],
)
def test_a_table_that_names_no_lungs_is_refused(images, tmp_path, text, reason):
    with pytest.raises(BadTable, match=reason):
        lungs_of(table(tmp_path / "lungs.csv", text), images, SHAPES)


def test_masks_have_the_name_of_their_image_and_an_empty_one_is_none(images, tmp_path):
    mask = np.zeros((64, 128), np.uint8)
    (tmp_path / "masks").mkdir()
    Image.fromarray(mask).save(tmp_path / "masks" / "a.png")
    mask[16:48, :64] = 255
    Image.fromarray(mask).save(tmp_path / "masks" / "b.png")
    found = lungs_of(tmp_path / "masks", images, SHAPES)
    assert [*found] == ["b.png"]
    assert found["b.png"][:, 2:].prod(axis=1).sum() == 0.25


def test_strips_cover_what_the_mask_covers():
    y, x = np.indices((256, 256)) / 256
    mask = (np.hypot(x - 0.3, y - 0.5) < 0.2) | (np.hypot(x - 0.7, y - 0.5) < 0.2)
    covered = coverage((8, 8), strips_of(mask))
    np.testing.assert_allclose(covered, mask.reshape(8, 32, 8, 32).mean(axis=(1, 3)), atol=0.05)
