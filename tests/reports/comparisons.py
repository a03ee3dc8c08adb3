"""A small verdict, judged for real, for the tests of all that shows one."""

import numpy as np

from evaluation.figures import judge
from evaluation.scores import Scores
from evaluation.subgroups import by_group
from evaluation.truth import Truth
from reports.provenance import prevalences

LABELS = ("Edema", "Hernia", "Never")
N_IMAGES = 60
N_REPLICATES = 60
# What age, sex and view alone reach.
METADATA = {
    **{"macro_auc": 0.6, "macro_auc_ci": [0.5, 0.7]},
    **{"micro_auc": 0.8, "micro_auc_ci": [0.75, 0.85]},
}


def truth(label_names=LABELS):
    rng = np.random.default_rng(1)
    labels = (rng.random((N_IMAGES, 3)) < 0.4).astype(float)
    labels[:, 2] = 0
    ids = np.array([f"film{number}" for number in range(N_IMAGES)], object)
    patients = np.array([f"p{number // 2}" for number in range(N_IMAGES)], object)
    return Truth(ids, patients, labels, tuple(label_names))


def scores(name, told, noise, seed=2):
    blurred = told.labels + np.random.default_rng(seed).normal(scale=noise, size=told.labels.shape)
    return Scores(name, told.ids, 1 / (1 + np.exp(-blurred)), told.label_names)


def verdict(models=("sharp", "vague"), label_names=LABELS, **changes):
    """report.json's values, and the truth and scores they are of."""
    told = truth(label_names)
    judged = [scores(name, told, noise) for name, noise in zip(models, (0.4, 4.0), strict=False)]
    pairs = [(name, models[0]) for name in models[1:]]
    sexes = np.array(["F", "M"] * (N_IMAGES // 2), object)
    report = {
        "synthetic": False,
        "data": {
            "source": "made up",
            "films": N_IMAGES,
            "patients": N_IMAGES // 2,
            "patients_from": "the label table",
            "labelled_films": N_IMAGES,
            "notes": [],
        },
        "split": {
            "name": "all of them",
            "films": {"test": N_IMAGES},
            "patients": {"test": N_IMAGES // 2},
            "labels": prevalences({"test": told.labels}, label_names),
        },
        "labels": list(label_names),
        "seed": 0,
        "replicates": N_REPLICATES,
        "files": {},
        "configuration": {"options": {"seed": 0}},
        "command": "python cli.py score",
        "versions": {"numpy": "2"},
        "subgroups": {
            one.model: {"sex": by_group(told, one, sexes, n_replicates=N_REPLICATES)}
            for one in judged
        },
    }
    report |= judge(told, judged, pairs, n_replicates=N_REPLICATES)
    report["floors"]["metadata"] = {}
    return report | changes, told, judged
