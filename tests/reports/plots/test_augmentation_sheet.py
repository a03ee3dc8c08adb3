import numpy as np

from reports.plots import augmentation_sheet

IMAGES = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4)
CHANGED = np.stack([IMAGES + 1.0, IMAGES + 2.0, IMAGES + 3.0])


def test_each_image_stands_before_its_augmented_forms_on_one_scale():
    figure = augmentation_sheet.sheet(IMAGES, CHANGED, "a title")
    shown = [axes.images[0] for axes in figure.axes]
    assert len(shown) == 2 * 4
    for row, image in enumerate(IMAGES):
        for column, difference in enumerate((0, 1, 2, 3)):
            drawn = shown[4 * row + column]
            np.testing.assert_array_equal(drawn.get_array(), image + difference)
            assert drawn.get_clim() == (0, 255)
    assert figure.get_suptitle() == "a title"
