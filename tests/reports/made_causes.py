"""Values of what may explain a drop, as report.json holds them."""

from reports.cause_figures import Causes
from reports.json_trees import from_json


def part(value):
    return {"value": value, "ci": [value - 0.1, value + 0.1], "ci_missing": None}


def site(count, **changes):
    statistics = {"width": [500.0, 512.0, 520.0], "exposure": [0.4, 0.5, 0.6]}
    described = {"films": count, "patients": count // 2, "age": [30.0, 45.0, 60.0]}
    described |= {"sex": {"F": 0.4, "M": 0.6}, "view": {"PA": 1.0}}
    return described | {"prevalence": {"Edema": 0.25}, "statistics": statistics} | changes


VALUES = {
    "inside": site(1200),
    "outside": site(80, age=None, prevalence={"Edema": None}),
    "site_auc": {
        "resnet50": {
            "auc": 0.97,
            "auc_ci": [0.95, 0.99],
            "auc_ci_missing": None,
            "positives": 40,
            "films": 160,
            "patients": 100,
        },
        "metadata": {"auc": None, "auc_ci": None, "auc_ci_missing": "2 patients are too few"},
    },
    "variables": ["age", "sex"],
    "reweighted": {
        "cnn": {
            **{name: part(value) for name, value in (("inside", 0.8), ("weighted", 0.75))},
            **{name: part(value) for name, value in (("outside", 0.6), ("drop", 0.2))},
            **{"explained": part(0.05), "labels": 1, "covered": 0.875, "effective_films": 321.4},
        }
    },
}


def causes():
    return from_json(Causes, VALUES)
