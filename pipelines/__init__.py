"""THE ORDER OF STAGES: one file for each command, and what a command returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from escapes import visible

DONE, DONE_WITH_SKIPPED = 0, 1


@dataclass(frozen=True)
class Result:
    """What a command returns: text lines, the same as values for JSON, and an exit code.

    Any `skipped` images make the exit code 1.
    """

    lines: Sequence[str]
    values: dict[str, Any]
    skipped: int = 0

    @property
    def text(self) -> str:
        """The lines for a terminal, with control characters and line breaks in names escaped."""
        return "\n".join(map(visible, self.lines))

    @property
    def exit_code(self) -> int:
        """0: done; 1: done, but some images were skipped."""
        return DONE_WITH_SKIPPED if self.skipped else DONE
