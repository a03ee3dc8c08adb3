"""Figures on disk."""

from pathlib import Path

from matplotlib.figure import Figure

import storage


def save(figure: Figure, path: Path, dpi: int = 120) -> Path:
    """The figure as a PNG file, whole or not at all."""
    with storage.whole(path) as temporary:
        figure.savefig(temporary, dpi=dpi)
    return path
