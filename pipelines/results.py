"""What a command gives back: text for a terminal, values for JSON, an exit code."""

from dataclasses import dataclass
from typing import Any

DONE, DONE_WITH_SKIPPED = 0, 1


@dataclass(frozen=True)
class Result:
    """Text and values that say the same; `skipped` films make the exit code 1."""

    text: str
    values: dict[str, Any]
    skipped: int = 0

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, but films were skipped."""
        return DONE_WITH_SKIPPED if self.skipped else DONE
