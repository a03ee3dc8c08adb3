import pytest

import checks
from errors import InvalidOption


def test_a_name_that_is_known_passes_and_another_is_told_those_that_are():
    checks.one_of("--views", "PA", {"PA": 1, "AP": 2})
    with pytest.raises(InvalidOption) as told:
        checks.one_of("--views", "side", (name for name in ("PA", "AP")))
    assert str(told.value) == "--views must be one of PA, AP; got 'side'."


def test_the_least_passes_and_less_is_told():
    checks.at_least("--seed", 0, 0)
    with pytest.raises(InvalidOption) as told:
        checks.at_least("--seed", -1, 0)
    assert str(told.value) == "--seed must be at least 0; got -1."
