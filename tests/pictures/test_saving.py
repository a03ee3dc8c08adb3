import pytest
from matplotlib.figure import Figure
from PIL import Image

from errors import StorageFailed
from pictures.saving import save


@pytest.mark.parametrize("dpi", [50, 120])
def test_a_figure_is_a_png_file_of_so_many_dots_an_inch(tmp_path, dpi):
    path = save(Figure(figsize=(2, 1)), tmp_path / "plot.png", dpi)
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (2 * dpi, dpi))


def test_a_figure_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "plot.png"
    path.write_text("old")
    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(StorageFailed, match=r"plot\.png must be on a disk"):
        save(Figure(), path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


def full(figure, path, **options):
    path.write_bytes(b"half")
    raise OSError(28, "No space left on device")
