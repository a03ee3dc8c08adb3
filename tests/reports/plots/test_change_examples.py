import numpy as np

from reports.plots import change_examples

PLANES = {
    name: [np.full((8, 9), grey, np.uint8) for grey in (10, 20, 30)] for name in ("blur", "crop")
}
AMOUNTS = {"blur": ["0.002", "0.012"], "crop": ["0.04", "0.2"]}


def test_each_change_is_a_row_of_images_in_order():
    figure = change_examples.sheet(PLANES, AMOUNTS, "mine")
    greys = [int(axes.images[0].get_array()[0, 0]) for axes in figure.axes]
    assert greys == [10, 20, 30] * 2


def test_amounts_stand_below_the_images():
    figure = change_examples.sheet(PLANES, AMOUNTS, "mine")
    texts = [text.get_text() for text in figure.texts]
    assert texts.count("unchanged") == 2
    assert {"blur", "crop", "0.012", "0.2", "mine"} <= set(texts)
