"""Exclusive classes in a report: their confusion matrix, and McNemar's test of two models."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClassTable:
    """Images by true class (rows) and by the class chosen (columns), in the order of the names.

    `top_label_ece` is the calibration error of the probability of the class chosen.
    """

    names: list[str]
    confusion: list[list[int]]
    top_label_ece: float

    @property
    def shares(self) -> list[list[float]]:
        """Each count as a share of the images of its true class; 0 where there are none."""
        return [[count / max(sum(row), 1) for count in row] for row in self.confusion]


@dataclass(frozen=True)
class McNemar:
    """Images on which only one of two models chooses the right class, and McNemar's exact p."""

    only_model_right: int
    only_baseline_right: int
    p: float

    @property
    def differing(self) -> int:
        """Images on which one model is right and the other wrong."""
        return self.only_model_right + self.only_baseline_right
