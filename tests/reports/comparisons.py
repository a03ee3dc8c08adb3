"""A small evaluation with real figures, for the tests of reports."""

import numpy as np

from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.subgroups import by_group
from evaluation.truth import Truth
from reports.json_trees import as_json
from reports.provenance import prevalences
from reports.report_tree import Report

LABELS = ("Edema", "Hernia", "Never")
N_IMAGES = 60
N_REPLICATES = 60
# Of the metadata-only baseline.
METADATA = {
    **{"macro_auc": 0.6, "macro_auc_ci": [0.5, 0.7], "macro_auc_ci_missing": None},
    **{"micro_auc": 0.8, "micro_auc_ci": [0.75, 0.85], "micro_auc_ci_missing": None},
}


# What `compare` adds to the figures of a model.
TRAINED = {"macro_auc_by_seed": [], "member_shares": {}, "control": False}


def truth(label_names=LABELS):
    rng = np.random.default_rng(1)
    labels = (rng.random((N_IMAGES, 3)) < 0.4).astype(float)
    labels[:, 2] = 0
    ids = np.array([f"film{number}" for number in range(N_IMAGES)], object)
    patients = np.array([f"p{number // 2}" for number in range(N_IMAGES)], object)
    return Truth(ids, patients, labels, tuple(label_names))


def scores(name, known, noise, seed=2):
    shape = known.labels.shape
    blurred = known.labels + np.random.default_rng(seed).normal(scale=noise, size=shape)
    return Scores(name, known.ids, 1 / (1 + np.exp(-blurred)), known.label_names)


def values(models=("sharp", "vague"), label_names=LABELS, **changes):
    """The values of report.json, and the truth and scores that they are about."""
    known = truth(label_names)
    of_models = [
        scores(name, known, noise) for name, noise in zip(models, (0.4, 4.0), strict=False)
    ]
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
            "labels": as_json(prevalences({"test": known.labels}, label_names)),
        },
        "labels": list(label_names),
        "seed": 0,
        "replicates": N_REPLICATES,
        "files": {},
        "cautions": [],
        "configuration": {"options": {"seed": 0}},
        "command": "python cli.py score",
        "versions": {"numpy": "2"},
        "subgroups": {
            one.model: {"sex": by_group(known, one, sexes, n_replicates=N_REPLICATES)}
            for one in of_models
        },
    }
    report |= evaluate(known, of_models, pairs, n_replicates=N_REPLICATES)
    report["floors"]["metadata"] = {}
    return report | changes, known, of_models


def evaluation(*arguments, **changes):
    """The report, and the truth and scores that it is about."""
    written, known, of_models = values(*arguments, **changes)
    return Report.of(written), known, of_models
