"""Numbers as JSON has them."""

import math
from typing import Any


def plain(value: Any) -> float | int | None:
    """A number without its array type; None for NaN, which JSON lacks."""
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and math.isnan(number) else number
