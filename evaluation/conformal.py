"""Answers with a guarantee: present, absent, or cannot say (split conformal prediction by patient).

At level a, at most the share a of patients with a finding is called absent, and at most the share a
of those without it is called present, whatever the model and the distribution of images. A patient
with several images counts as the mean over them.

**Proof.** Take n calibration patients with the finding and a new one, and let these n + 1 patients
be exchangeable and chosen without regard to the model's fit. Draw an image of the new patient at
random, and let p be its probability. Let F(p) be the share of probabilities up to p, where each of
the n + 1 patients weighs 1 / (n + 1), divided equally among its images. Given the n + 1 patients
but not which of them is the new one, the new one is any of them with the same chance, so p is a
draw from the very distribution whose cumulative share is F. Hence F(p) <= a with a chance of at
most a. Now leave out the new patient's other images and count all of its weight at or below p:

    G(p) = 1 / (n + 1) + sum over calibration images with p_ij <= p of 1 / ((n + 1) n_i)

This is at least F(p), so G(p) <= a is at most as likely. "Present" is excluded exactly then: where
p is below the smallest calibration probability with G > a. The same argument on 1 - p for the
patients without the finding excludes "absent". Where both or neither are excluded, the answer is
"cannot say", which is never wrong. As G >= 1 / (n + 1), nothing can be excluded with fewer than
1 / a - 1 patients: then the label is not guaranteed. (With one image a patient this is split
conformal prediction with a bound for each class; for several see Lee, Barber and Willett,
Distribution-free inference with hierarchical data, 2023.)
"""

from dataclasses import dataclass

import numpy as np

from errors import InvalidOption

CANNOT_SAY = "cannot say"
ANSWERS = ("absent", "present")
# The levels that a model has bounds for, and the one that training reports.
LEVELS = np.arange(1, 51) / 100
USUAL = 0.1
# Sums of shares, such as 0.29 of 100 patients, are only nearly whole in floating point.
NEARLY = 1e-9


@dataclass(frozen=True)
class Bounds:
    """Bounds (levels, k) of the probabilities of k labels, for each of LEVELS.

    An image below `lowest` is not called present, and one above `highest` not absent; NaN where
    there are too few patients. `patients` (2, k) counts those without and with the finding.
    """

    lowest: np.ndarray
    highest: np.ndarray
    patients: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, probabilities: np.ndarray, patients: np.ndarray) -> "Bounds":
        """From calibration images: labels and probabilities (n, k), patients (n,)."""
        owners = np.unique(patients, return_inverse=True)[1]
        columns = list(zip(labels.T, probabilities.T.astype(float), strict=True))
        lowest = [bound(scores[own == 1], owners[own == 1]) for own, scores in columns]
        highest = [-bound(-scores[own == 0], owners[own == 0]) for own, scores in columns]
        counts = [[len(np.unique(owners[own == kind])) for own, _ in columns] for kind in (0, 1)]
        return cls(np.column_stack(lowest), np.column_stack(highest), np.array(counts))

    def answers(self, probabilities: np.ndarray, level: float) -> np.ndarray:
        """1 (present), 0 (absent) or NaN (cannot say) for each image and label, (n, k)."""
        place = place_of(level)
        present = probabilities > self.highest[place]
        absent = probabilities < self.lowest[place]
        sure = (present != absent) & self.guaranteed(level)
        return np.where(sure, present, np.nan)

    def guaranteed(self, level: float) -> np.ndarray:
        """Whether a label has enough patients with and without the finding, (k,)."""
        place = place_of(level)
        return ~np.isnan(self.lowest[place]) & ~np.isnan(self.highest[place])


def bound(scores: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """The smallest score (n,) of the calibration images that is not excluded, at each level.

    It is NaN where nothing can be excluded, for want of patients.
    """
    _, place, counts = np.unique(owners, return_inverse=True, return_counts=True)
    own = 1 / (len(counts) + 1)
    order = np.argsort(scores)
    shares = own + np.cumsum(own / counts[place][order]) if len(scores) else np.array([])
    first = np.searchsorted(shares, LEVELS + NEARLY, side="right")
    known = np.append(scores[order], np.nan)
    return np.where(own > LEVELS + NEARLY, np.nan, known[np.minimum(first, len(scores))])


def place_of(level: float) -> int:
    """The place of a level among LEVELS; any other level is refused."""
    found = np.flatnonzero(np.isclose(LEVELS, level, rtol=0, atol=NEARLY))
    if not len(found):
        raise InvalidOption(
            f"--abstain must be a whole percentage from {LEVELS[0]:g} to {LEVELS[-1]:g}, the share"
            f" of patients that may get a wrong answer; got {level:g}. Try --abstain 0.1."
        )
    return int(found[0])


def least_patients(level: float) -> int:
    """How many patients a level needs on either side of a label."""
    return int(np.ceil(1 / level - NEARLY)) - 1
