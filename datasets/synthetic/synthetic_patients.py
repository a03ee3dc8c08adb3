"""Synthetic patients: their visits and findings, before any image is made."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IMAGES_A_PATIENT = 2.4
# The least severity that a radiologist would report.
SUBTLE = 0.2

# What findings share. A row of CAUSES says how much of each is behind a finding, then how much more
# often the old have it (the young, below 0), and those who are bedridden (portable images).
SHARED = ("heart failure", "infection", "scarring")
CAUSES = {
    "Cardiomegaly": (0.9, 0.0, 0.0, 0.3, 0.2),
    "Edema": (1.3, 0.3, 0.0, 0.1, 0.5),
    "Effusion": (0.9, 0.5, 0.0, 0.1, 0.3),
    "Fibrosis": (0.0, 0.0, 1.2, 0.4, -0.2),
    "Infiltration": (0.2, 1.1, 0.2, 0.0, 0.3),
    "Mass": (0.0, 0.2, 0.4, 0.3, 0.0),
    "Nodule": (0.0, 0.0, 0.5, 0.2, -0.2),
    "Pneumothorax": (0.0, 0.2, 0.3, -0.2, 0.2),
}
PREVALENCE = {
    "Cardiomegaly": 0.14,
    "Edema": 0.035,
    "Effusion": 0.17,
    "Fibrosis": 0.07,
    "Infiltration": 0.22,
    "Mass": 0.08,
    "Nodule": 0.10,
    "Pneumothorax": 0.06,
}


@dataclass(frozen=True)
class Visit:
    """One image to make; `findings` are severities from 0 to 1 by name."""

    index: int
    patient: int
    follow_up: int
    age: int
    woman: bool
    portable: bool
    findings: dict[str, float]

    @property
    def name(self) -> str:
        """The name of the image file."""
        return f"{self.patient:08d}_{self.follow_up:03d}.png"


def visits(images: int, seed: int) -> list[Visit]:
    """One visit per image, patient by patient; findings of a patient change slowly."""
    rng = np.random.default_rng([seed, 0])
    patient, follow_up = _calendar(images, rng)
    n_patients = patient[-1] + 1
    age = np.clip(rng.normal(50, 17, n_patients), 18, 92).astype(int)[patient] + follow_up // 3
    woman = (rng.random(n_patients) < 0.45)[patient]
    shared = _slow(rng, patient, len(SHARED))
    portable = 0.7 * shared.max(axis=1) + rng.normal(0, 1.0, images) > 1.0
    own = _slow(rng, patient, len(CAUSES))
    causes = np.column_stack([shared, (age - 50) / 17, portable])
    severities = _severities(causes @ np.array(list(CAUSES.values())).T + own)
    who = (patient + 1, follow_up, age, woman, portable)
    columns = (range(images), *(column.tolist() for column in who), severities)
    return [Visit(*row) for row in zip(*columns, strict=True)]


def _calendar(images: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Patient and follow-up number of each image, each (images,)."""
    counts = rng.geometric(1 / IMAGES_A_PATIENT, images)
    patient = np.repeat(np.arange(images), counts)[:images]
    return patient, np.arange(images) - np.searchsorted(patient, patient)


def _slow(rng: np.random.Generator, patient: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Noise (images, width) of deviation 1, mostly per patient and partly per image."""
    lasting = rng.normal(0, 0.85, (patient[-1] + 1, width))[patient]
    return lasting + rng.normal(0, 0.53, (len(patient), width))


def _severities(tendency: NDArray[np.float64]) -> list[dict[str, float]]:
    """Give each finding to those with the strongest tendency, by severity."""
    rows: list[dict[str, float]] = [{} for _ in tendency]
    for column, name in enumerate(CAUSES):
        count = round(PREVALENCE[name] * len(tendency))
        for rank, image in enumerate(np.argsort(tendency[:, column])[len(tendency) - count :]):
            rows[image][name] = SUBTLE + (1 - SUBTLE) * rank / count
    return rows
