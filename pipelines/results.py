"""What a command gives back: text for a terminal, values for JSON, an exit code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from escapes import visible

DONE, DONE_WITH_SKIPPED = 0, 1


@dataclass(frozen=True)
class Result:
    """Lines and values that say the same; `skipped` films make the exit code 1."""

    lines: Sequence[str]
    values: dict[str, Any]
    skipped: int = 0

    @property
    def text(self) -> str:
        """The lines for a terminal; names in them can neither steer it nor begin a line."""
        return "\n".join(map(visible, self.lines))

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, but films were skipped."""
        return DONE_WITH_SKIPPED if self.skipped else DONE
