import pytest

from errors import first_line


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (ValueError("No column.\nTraceback follows"), "No column"),
        (OSError("  gone  "), "gone"),
        (KeyError(), "KeyError"),
        (ValueError("\n"), "ValueError"),
    ],
)
def test_the_first_line_of_a_foreign_error_can_stand_in_a_sentence(reason, told):
    assert first_line(reason) == told
