import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real films."""
    place = os.environ.get("CXR_DATA")
    if not place:
        pytest.skip("CXR_DATA is not set: no real films to test on")
    return Path(place).resolve()
