"""Sizes in bytes as people read them."""

UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size_of(size: float) -> str:
    """A size in bytes, to three figures."""
    unit, name = next((unit for unit in UNITS if size >= unit[0]), UNITS[-1])
    return f"{float(f'{size / unit:.3g}'):,g} {name}"
