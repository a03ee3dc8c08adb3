import numpy as np

from reports.plots import augmentation_sheet

FILMS = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4)
CHANGED = np.stack([FILMS + 1.0, FILMS + 2.0, FILMS + 3.0])


def test_each_film_stands_before_its_augmented_forms_on_one_scale():
    figure = augmentation_sheet.sheet(FILMS, CHANGED, "a title")
    shown = [axes.images[0] for axes in figure.axes]
    assert len(shown) == 2 * 4
    for row, film in enumerate(FILMS):
        for column, difference in enumerate((0, 1, 2, 3)):
            image = shown[4 * row + column]
            np.testing.assert_array_equal(image.get_array(), film + difference)
            assert image.get_clim() == (0, 255)
    assert figure.get_suptitle() == "a title"
