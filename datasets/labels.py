"""From what a table says to a label matrix, under a named policy for what it leaves open."""

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
# What tables call age, sex and view.
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
    """What -1 and blank become, per label."""

    uncertain: str
    blank: str

    def apply(self, values: pd.DataFrame, where: Path) -> tuple[np.ndarray, tuple[str, ...]]:
        """Labels (n, k) of 1, 0 or NaN from columns of text, and a note with the counts."""
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


def read_policy(text: str, names: Sequence[str]) -> dict[str, str]:
    """Policy by label from `ignore,Edema=ones`."""
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
    """Labels (n, k) from `A|B` texts, and their names: those given that occur, or all sorted."""
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
                    f" table has {item!r}. Mend the row, or use the `ground_truth` layout."
                )
            labels[row, columns[item]] = 1
    return labels, chosen


def with_one_spelling(texts: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """`A|B` texts with findings that differ in case or spacing written alike; and a note on them.

    The commonest spelling of each is kept.
    """
    findings = [[item.strip() for item in text.split("|")] for text in texts]
    counts = Counter(item for items in findings for item in items)
    kept: dict[str, str] = {}
    for item in sorted(counts, key=lambda item: (-counts[item], item)):
        kept.setdefault(spelling(item), item)
    written = pd.Series(["|".join(kept[spelling(item)] for item in items) for items in findings])
    others = [f"{item} as {kept[spelling(item)]}" for item in counts if item not in kept.values()]
    return written, (
        f"findings that differ in case or spacing are one: {', '.join(sorted(others))}",
    ) * bool(others)


def spelling(name: str) -> str:
    """What labels have to differ in: neither case, spaces nor underscores."""
    return " ".join(name.casefold().replace("_", " ").split())


def read_meta(frame: pd.DataFrame) -> pd.DataFrame:
    """Age in years, sex as M or F and view, a row per film; NaN or "" where not known."""
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
    """Years from `58`, `058Y` or `006M`; NaN where there is none or none that a person reaches."""
    infant = texts.str.fullmatch(MONTHS_OR_DAYS)
    years = pd.to_numeric(texts.str.rstrip("Yy"), errors="coerce").mask(infant, 0)
    return years.where(years.between(0, OLDEST)).to_numpy(np.float32)


def no_labels(column: pd.Series) -> pd.Series:
    """Mask of the rows (n,) of text that are neither 1, 0, -1 nor blank, however written."""
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
            f" {column.iloc[row]!r} on row {row + 2}. Mend it, or leave the column out with"
            " --findings."
        )
    return _parsed(column).to_numpy(float)


def _describe(title: str, counts: np.ndarray, chosen: dict[str, str]) -> list[str]:
    told = [
        f"{name} {count:,} to {chosen[name]}"
        for name, count in zip(chosen, counts, strict=True)
        if count
    ]
    return [f"{title}: {', '.join(told)}"] if told else []
