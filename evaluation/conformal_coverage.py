"""Whether conformal answers keep their level on labelled images, and what abstaining costs.

Coverage is the mean over patients of the share of their images that are not answered wrongly. Under
exchangeability the number of covered patients among m new ones has a beta-binomial distribution,
which includes the luck of the calibration patients. A coverage that is lower than this explains, at
5 % for all labels together (Bonferroni), means that the images differ from those of calibration.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.special import betaincinv, betaln, gammaln

from arrays import plain
from evaluation.conformal import LEVELS, NEARLY, USUAL, least_patients

SIDES = ("without_finding", "with_finding")
CHANCE = 0.05
# Levels of the risk-coverage curve: 1 %, 2 %, then every 5 %.
CURVE = np.concatenate([LEVELS[:2], LEVELS[4::5]])

# Answers (n, k) at a level by each of several trainings: 1, 0, or NaN for cannot say.
Answered = Callable[[float], Sequence[np.ndarray]]
# A share of patients with a wrong answer, and the same in words.
Wrong = tuple[float, str]
# What a wrong answer calls a finding.
CALLED = {
    "without_finding": ("present", "without"),
    "with_finding": ("absent", "with"),
}


def coverage(
    labels: np.ndarray,
    owners: np.ndarray,
    answers: Sequence[np.ndarray],
    patients: np.ndarray,
    label_names: Sequence[str],
    level: float = USUAL,
) -> dict[str, Any]:
    """Coverage of each label at a level, with 95 % intervals.

    Labels are (n, k) of patients with numbers (n,). `patients` (2, k) are those of calibration,
    without and with the finding. Answers (n, k) of several trainings count as their mean.
    """
    given, wrong = shares(labels, answers)
    enough = patients >= least_patients(level)
    guaranteed: np.ndarray = np.all(enough, axis=0)
    tests = 2 * int(np.count_nonzero(guaranteed))
    named: dict[str, Any] = {}
    for place, name in enumerate(label_names):
        own, missed = labels[:, place], wrong[:, place]
        named[name] = {
            "guaranteed": bool(guaranteed[place]),
            "answered": plain(given[~np.isnan(own), place].mean()) if (own >= 0).any() else None,
        }
        for kind, side in enumerate(SIDES):
            who = (own == kind) & guaranteed[place]
            named[name][side] = _side(
                missed[who], owners[who], int(patients[kind, place]), level, tests
            )
    return {"level": level, "labels": named}


def curve(labels: np.ndarray, answered: Answered) -> dict[str, list[float | None]]:
    """At each level the share of image-label pairs answered, and of these the share wrongly."""
    reported = ~np.isnan(labels)
    n_reported = max(np.count_nonzero(reported), 1)
    curves: dict[str, list[float | None]] = {"levels": CURVE.tolist(), "answered": [], "wrong": []}
    for level in CURVE:
        given, wrong = (each[reported].sum() for each in shares(labels, answered(float(level))))
        curves["answered"].append(float(given / n_reported))
        curves["wrong"].append(float(wrong / given) if given else None)
    return curves


def shares(labels: np.ndarray, answers: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """In how many of the trainings a pair is answered, and answered wrongly: shares (n, k)."""
    given = np.mean([~np.isnan(each) for each in answers], axis=0)
    return given, np.mean([np.abs(each - labels) == 1 for each in answers], axis=0)


def _side(
    missed: np.ndarray, owners: np.ndarray, n_calibration: int, level: float, tests: int
) -> dict[str, Any]:
    """Coverage of the patients with or without a finding, from shares of wrong answers (n,)."""
    counts = np.bincount(owners)
    n_patients = int(np.count_nonzero(counts))
    if not n_patients:
        return {"patients": 0, "coverage": None, "ci": None, "p": None, "shifted": False}
    by_patient = np.bincount(owners, missed)[counts > 0] / counts[counts > 0]
    covered = float(n_patients - by_patient.sum())
    p = chance(covered, n_patients, n_calibration, level)
    return {
        "patients": n_patients,
        "coverage": covered / n_patients,
        "ci": clopper_pearson(covered, n_patients),
        "p": p,
        "shifted": p * tests <= CHANCE,
    }


def clopper_pearson(successes: float, n: int) -> list[float]:
    """The 95 % interval of a share; a mean of patients' shares varies less than whole patients."""
    low = betaincinv(successes, n - successes + 1, CHANCE / 2) if successes > 0 else 0.0
    high = betaincinv(successes + 1, n - successes, 1 - CHANCE / 2) if successes < n else 1.0
    return [float(low), float(high)]


def chance(covered: float, n: int, n_calibration: int, level: float) -> float:
    """The chance that no more of n new patients are covered, if patients are exchangeable."""
    excluded = int(np.floor(level * (n_calibration + 1) + NEARLY))
    a, b = n_calibration + 1 - excluded, excluded
    counts = np.arange(int(np.ceil(covered - NEARLY)) + 1)
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    chances = np.exp(ways + betaln(counts + a, n - counts + b) - betaln(a, b))
    return float(min(chances.sum(), 1.0))


def shifted(figures: dict[str, Any]) -> list[Wrong]:
    """Where answers are wrong for more patients than chance allows at the level: in words."""
    return [
        (1 - one[side]["coverage"], f"{name} is called {_wrong(one[side], *CALLED[side])} it")
        for name, one in figures.get("labels", {}).items()
        for side in SIDES
        if one[side]["shifted"]
    ]


def beyond(level: float, found: Sequence[Wrong], most: int | None = None) -> list[str]:
    """A sentence on what `shifted` found, the worst first; none where nothing was found."""
    listed = [text for _, text in sorted(found, key=lambda each: -each[0])]
    more = f"; and {len(listed) - most} more" if most and len(listed) > most else ""
    return [
        f"at level {level:g}, answers are wrong for more than {100 * level:g} % of patients, so"
        f" these images differ from the validation images: {'; '.join(listed[:most])}{more}"
    ] * bool(listed)


def _wrong(side: dict[str, Any], called: str, who: str) -> str:
    """`present in 59 % [50, 67] of 147 patients without`."""
    share, low, high = (100 * (1 - each) for each in (side["coverage"], *reversed(side["ci"])))
    return (
        f"{called} in {share:.0f} % [{low:.0f}, {high:.0f}] of {side['patients']:,} patients {who}"
    )


def not_guaranteed(names: Sequence[str], level: float) -> str:
    """A sentence on labels that have too few validation patients for a level."""
    return (
        f"at level {level:g}, answers cannot be guaranteed for {', '.join(names)}: fewer than"
        f" {least_patients(level)} validation patients are with, or without, the finding"
    )
