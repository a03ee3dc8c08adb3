"""What had no effect in a comparison: views of weight 0, and training that changed nothing."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_cache import Fit
from reports.wording import KINDS

# The same weights give probabilities that differ by rounding, if images are computed in batches
# of other sizes.
ROUNDING = 1e-6


def cautions(run: ComparisonRun) -> Iterator[str]:
    """Sentences about the models of a comparison, controls aside."""
    trainings = {name: [*chain.from_iterable(splits)] for name, splits in run.fits.items()}
    baseline = run.options.baseline
    for name in (each.name for each in run.candidates if not each.control):
        own = trainings[name]
        for kind in dict.fromkeys(chain.from_iterable(one.weightless for one in own)):
            count = sum(kind in one.weightless for one in own)
            yield f"{name} gives weight 0 to {KINDS.get(kind, kind)}{_where(count, own)}"
        same = sum(map(_agree, own, trainings[baseline]))
        if same and name != baseline:
            yield f"{name} gives the same probabilities as {baseline}{_where(same, own)}"


def _agree(one: Fit, other: Fit) -> bool:
    return np.allclose(one.probabilities, other.probabilities, rtol=0, atol=ROUNDING)


def _where(count: int, trainings: list[Fit]) -> str:
    return f" in {count} of {len(trainings)} trainings" * (len(trainings) > 1)
