"""A report with figures on an external data set, for the tests of reports."""

from dataclasses import replace
from functools import cache

import numpy as np

from evaluation.figures import evaluate
from evaluation.outcomes import Terms
from evaluation.site_scores import SiteScores
from evaluation.transported import State, of_states
from evaluation.travel import travelled
from evaluation.truth import Truth
from reports.external_figures import External
from reports.json_trees import from_json
from reports.report_figures import Correction
from reports.report_tree import Report
from tests.reports import comparisons

N_REPLICATES = comparisons.N_REPLICATES
SHARED = ("Edema", "Hernia")
# What `compare` says of a pair that is no control.
TESTED = {"setting": "Adding words to the embedding", "control": False}


@cache
def external_values():
    """The values of an external data set in report.json: two of three labels, and a control."""
    known, models = comparisons.truth(), ("sharp", "vague", "control")
    noises = dict(zip(models, (0.4, 4.0, 4.0), strict=True))
    inside = [comparisons.scores(name, known, noise) for name, noise in noises.items()]
    ids = np.array([f"other{number}" for number in range(len(known.ids))], object)
    own = Truth(ids, known.patients, known.labels, known.label_names).over(ids, SHARED)
    scores = [
        replace(comparisons.scores(name, own, 2 * noise, seed=5), model=name)
        for name, noise in noises.items()
    ]
    by_training = {one.model: np.stack([one.probabilities] * 2)[:, None] for one in scores}
    site = SiteScores("B", own, {one.model: one for one in scores}, by_training, {})
    pairs, terms = (
        [("vague", "sharp"), ("control", "sharp")],
        Terms(controls=frozenset({"control"})),
    )
    states = {
        name: State(scores[0].probabilities, np.array([0.5, np.nan]))
        for name in ("inside", "outside", "intercept", "intercept_and_slope")
    }
    return (
        {
            "source": "other hospital",
            "films": len(ids),
            "patients": 30,
            "patients_from": "the label table",
            "labels": list(SHARED),
            "findings": {
                "Edema": {"made_of": ["Wet <lung>"], "approximate": "nearly"},
                "Hernia": {"made_of": ["Hernia"], "approximate": ""},
            },
            "rare": {"Hernia": 7},
            "notes": ["a note & more"],
            "trainings": 2,
            "calibration": {"sharp": of_states(own, states, n_replicates=N_REPLICATES)},
            "recalibrated_on": 20,
        }
        | evaluate(own, scores, pairs, terms, n_replicates=N_REPLICATES)
        | travelled(known, inside, site, pairs, terms, n_replicates=N_REPLICATES)
    )


def site(**changes):
    """The external data set."""
    return replace(from_json(External, external_values()), **changes)


def report(**changes):
    """A report on two models whose external data set is B."""
    values, *_ = comparisons.values()
    return replace(Report.of(values | {"external": {"B": external_values()}}), **changes)


def gain(found, **changes):
    """The external data set with another difference of gains of the first pair."""
    first, *others = found.gain_difference
    changes = {"correction": Correction(0.5, None)} | changes
    return replace(found, gain_difference=[replace(first, **changes), *others])
