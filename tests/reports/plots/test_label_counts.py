from dataclasses import replace

import numpy as np
import pytest

from datasets.images import Split
from datasets.summary import summarise
from reports.plots import label_counts as label_plots
from reports.plots.plotting import WIDTHS
from tests import fakes
from tests.reports.plots import boxes

LABELS = np.array([[1, 1], [1, 0], [0, 1], [1, 0]])
LONG = "Enlarged_Cardiomediastinum and aortic knob, finding number"
PARTS = np.array(["train", "train", "validation", "test"], object)


@pytest.fixture
def summary():
    return summarise(fakes.images(LABELS, split=Split("mine", PARTS)))


def test_bars_are_the_share_of_each_part(summary):
    (axes,) = label_plots.class_distribution(summary).axes
    widths = [[bar.get_width() for bar in container] for container in axes.containers]
    # Labels from the rarest up: label1 with 2 images, label0 with 3.
    assert widths == [[50, 100], [100, 0], [0, 100]]


def test_every_part_is_named_with_its_size(summary):
    (legend,) = label_plots.class_distribution(summary).legends
    told = [text.get_text() for text in legend.get_texts()]
    assert told == ["train (2 images)", "validation (1 images)", "test (1 images)"]


def test_cells_are_the_share_of_the_rows_images(summary):
    axes = label_plots.cooccurrence(summary).axes[0]
    shares = axes.images[0].get_array().filled(np.nan)
    np.testing.assert_allclose(shares, [[np.nan, 100 / 3], [50, np.nan]])
    assert [text.get_text() for text in axes.texts] == ["3", "1", "1", "2"]


def test_synthetic_images_are_called_so_in_the_title(summary):
    figure = label_plots.class_distribution(summary | {"synthetic": True})
    assert "(synthetic)" in figure.texts[0].get_text()


@pytest.mark.parametrize("width", WIDTHS.values())
@pytest.mark.parametrize("name", ["class_distribution", "cooccurrence"])
def test_long_names_do_not_overlap(name, width):
    images = fakes.images(np.eye(15)[np.arange(60) % 15], split=Split("mine", np.tile(PARTS, 15)))
    summary = summarise(replace(images, label_names=tuple(f"{LONG} {n}" for n in range(15))))
    figure = getattr(label_plots, name)(summary, width)
    labels = [*boxes.tick_labels(figure)]
    assert len(labels) > 15
    assert boxes.overlapping(labels) == boxes.outside(figure, labels) == []
    assert boxes.legend_on_axes(figure) == []


def test_a_label_without_positives_is_plotted_too():
    images = fakes.images(np.array([[1, 0], [1, 0]]), split=Split("mine", PARTS[:2]))
    axes = label_plots.cooccurrence(summarise(images)).axes[0]
    assert len(axes.texts) == 4


def test_a_dollar_sign_in_a_name_is_no_formula(summary, tmp_path):
    renamed = summary | {"source": r"$\frac"}
    label_plots.write(renamed, tmp_path)
    assert (tmp_path / "cooccurrence.png").is_file()
