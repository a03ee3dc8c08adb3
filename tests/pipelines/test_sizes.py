import pytest

from pipelines.sizes import size_of


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (2.345e12, "2.35 TB"),
        (21e9, "21 GB"),
        (134_567_000, "135 MB"),
        (1e6, "1 MB"),
        (5e5, "500 kB"),
        (120, "0.12 kB"),
        (0, "0 kB"),
    ],
)
def test_sizes_are_told_to_three_figures(size, text):
    assert size_of(size) == text
