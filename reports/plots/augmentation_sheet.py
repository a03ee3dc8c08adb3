"""Films beside what augmentation makes of them."""

import numpy as np
from matplotlib.figure import Figure


def sheet(films: np.ndarray, augmented: np.ndarray, title: str) -> Figure:
    """A row for each film (n, s, s): itself, then its augmented forms (times, n, s, s)."""
    columns = [films, *augmented]
    shape = (len(films), len(columns))
    figure = Figure(figsize=(0.3 + 1.9 * shape[1], 0.6 + 1.9 * shape[0]), layout="constrained")
    grid = figure.subplots(*shape, squeeze=False)
    for row, film in zip(grid, zip(*columns, strict=True), strict=True):
        for axes, image in zip(row, film, strict=True):
            axes.imshow(image, cmap="gray", vmin=0, vmax=255)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    grid[0, 0].set_title("the film", fontsize=10)
    grid[0, 1].set_title("augmented", fontsize=10)
    figure.suptitle(title)
    return figure
