import pytest

from clusters import opening


@pytest.fixture(scope="session")
def crew():
    """Two worker processes of this machine."""
    with opening.opened("local:2") as crew:
        yield crew
