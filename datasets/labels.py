"""From the cells of a table to a label matrix, with a policy for uncertain and blank labels."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.tables import find_column
from errors import BadTable, InvalidOption

POLICIES = {"ones": 1.0, "zeros": 0.0, "ignore": np.nan}
NO_FINDING = "No Finding"
# Columns of age, sex and view.
META = {
    "age": ("age", "patient age"),
    "sex": ("sex", "gender", "patient sex", "patient gender"),
    "view": ("view", "view position", "projection"),
}
SEXES = {"m": "M", "male": "M", "f": "F", "female": "F"}
MONTHS_OR_DAYS = re.compile(r"\d+[MDW]", re.IGNORECASE)
OLDEST = 120


@dataclass(frozen=True)
class Policies:
    """What uncertain (-1) and blank labels become: a policy, or one for each label."""

    uncertain: str
    blank: str

    def apply(self, values: pd.DataFrame, where: Path) -> tuple[np.ndarray, tuple[str, ...]]:
        """Labels (n, k) of 1, 0 or NaN from columns of text, and notes that count replacements."""
        numbers = np.column_stack([_numbers(values[name], where) for name in values])
        notes = []
        for title, marked, policy in (
            ("uncertain (-1)", numbers == -1, self.uncertain),
            ("blank", np.isnan(numbers), self.blank),
        ):
            chosen = read_policy(policy, values.columns)
            replacement = np.array([POLICIES[chosen[name]] for name in values.columns])
            numbers = np.where(marked, replacement, numbers)
            notes += _describe(title, marked.sum(axis=0), chosen)
        return numbers.astype(np.float32), tuple(notes)


@dataclass(frozen=True)
class Labelled:
    """Labels (n, k) of 1, 0 or NaN, their names, and notes that count what policies replaced."""

    labels: np.ndarray
    names: tuple[str, ...]
    notes: tuple[str, ...]


def policy_of_all(text: str, usual: str) -> str:
    """The part of a policy that names no label, for other data sets, whose labels may differ."""
    return next((part for part in text.split(",") if "=" not in part), usual)


def read_policy(text: str, names: Sequence[str]) -> dict[str, str]:
    """The policy of each label, from text such as `ignore,Edema=ones`."""
    chosen = dict.fromkeys(names, "ignore")
    for item in sorted(text.split(","), key=lambda item: "=" in item):
        label, _, policy = (part.strip() for part in item.rpartition("="))
        if policy not in POLICIES or (label and label not in chosen):
            raise InvalidOption(
                f"--uncertain and --blank must be one of {', '.join(POLICIES)}, or LABEL=POLICY"
                f" with a label of this data set ({', '.join(names)}); got {item!r}."
            )
        chosen.update(dict.fromkeys([label] if label else names, policy))
    return chosen


def from_joined(texts: pd.Series, names: Sequence[str] = ()) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels (n, k) from texts such as `A|B`, and the names that occur, in the order given."""
    findings = [[item.strip() for item in text.split("|") if item.strip()] for text in texts]
    seen = {item for items in findings for item in items}
    chosen = tuple(name for name in names if name in seen) if names else tuple(sorted(seen))
    columns = {name: column for column, name in enumerate(chosen)}
    labels = np.zeros((len(findings), len(chosen)), np.float32)
    for row, items in enumerate(findings):
        for item in items:
            if item not in columns:
                raise BadTable(
                    f"Findings must be among {', '.join(names or chosen)}; row {row + 2} of the"
                    f" table has {item!r}. Correct the row, or pass --format ground_truth."
                )
            labels[row, columns[item]] = 1
    return labels, chosen


def with_one_spelling(texts: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Texts such as `A|B` with the most common spelling of each finding, and a note on the others.

    Spellings may differ in case and spaces.
    """
    findings = [[item.strip() for item in text.split("|")] for text in texts]
    counts = Counter(item for items in findings for item in items)
    kept: dict[str, str] = {}
    for item in sorted(counts, key=lambda item: (-counts[item], item)):
        kept.setdefault(spelling(item), item)
    written = pd.Series(["|".join(kept[spelling(item)] for item in items) for items in findings])
    others = [f"{item} as {kept[spelling(item)]}" for item in counts if item not in kept.values()]
    return written, (
        f"findings that differ in case or spacing were merged: {', '.join(sorted(others))}",
    ) * bool(others)


def spelling(name: str) -> str:
    """A label in lower case with single spaces and no underscores, to compare labels by."""
    return " ".join(name.casefold().replace("_", " ").split())


def read_meta(frame: pd.DataFrame) -> pd.DataFrame:
    """Age in years, sex as M or F, and view of each image; NaN or "" where unknown."""
    blank = pd.Series("", index=frame.index)
    age, sex, view = (frame.get(find_column(frame, *names), blank) for names in META.values())
    return pd.DataFrame(
        {
            "age": read_ages(age),
            "sex": sex.str.lower().map(SEXES).fillna(""),
            "view": view.str.upper().replace({"L": "LATERAL", "LL": "LATERAL", "RL": "LATERAL"}),
        }
    ).reset_index(drop=True)


def read_ages(texts: pd.Series) -> np.ndarray:
    """Years from `58`, `058Y` or `006M`; NaN where missing or above any human age."""
    infant = texts.str.fullmatch(MONTHS_OR_DAYS)
    years = pd.to_numeric(texts.str.rstrip("Yy"), errors="coerce").mask(infant, 0)
    return years.where(years.between(0, OLDEST)).to_numpy(np.float32)


def no_labels(column: pd.Series) -> pd.Series:
    """Mask (n,) of the rows that are neither 1, 0, -1 nor blank, in any spelling."""
    return (_lowered(column) != "") & ~_parsed(column).isin((0, 1, -1))


def _lowered(column: pd.Series) -> pd.Series:
    return column.str.lower().replace({"nan": "", "true": "1", "false": "0"})


def _parsed(column: pd.Series) -> pd.Series:
    return pd.to_numeric(_lowered(column), errors="coerce")


def _numbers(column: pd.Series, where: Path) -> np.ndarray:
    wrong = no_labels(column)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadTable(
            f"Labels in {where} must be 0, 1, -1 or blank; column {column.name!r} has"
            f" {column.iloc[row]!r} on row {row + 2}. Correct it, or leave the column out with"
            " --findings."
        )
    return _parsed(column).to_numpy(float)


def _describe(title: str, counts: np.ndarray, chosen: dict[str, str]) -> list[str]:
    counted = [
        f"{name} {count:,} to {chosen[name]}"
        for name, count in zip(chosen, counts, strict=True)
        if count
    ]
    return [f"{title}: {', '.join(counted)}"] if counted else []
