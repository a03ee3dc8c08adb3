"""What `--tune` chose and what it changed: lines of a terminal, and a section of the report."""

from collections.abc import Iterator

from models.search_space import spoken
from reports import pages
from reports.html_tables import table
from reports.tuning_figures import SplitSearch, TunedModel, Tuning
from reports.wording import NONE, capital, number, with_interval

Row = tuple[str, ...]
READING = (
    "Inner AUC: macro AUC of the chosen settings on inner validation images, the mean over splits."
    " It is the highest of many trials, so it is too high. Optimism is the inner AUC minus the AUC"
    " on test images. It is usually above 0, even where there is nothing to learn.",
    "Change: macro AUC on test images of the tuned model minus that of the default settings.",
    "Every model, controls and baselines included, had the same number of trials. Trials were"
    " trained and scored on training patients alone; the validation set of the split stopped them"
    " early, as it stops every training.",
)


def sentences(tuning: Tuning) -> list[str]:
    """How it was tuned, whether each gain survives, and which models were not tuned."""
    inner = f"{tuning.inner_folds} inner folds" if tuning.inner_folds else "a held-out fifth"
    first = (
        f"Each model was tuned with {tuning.trials} trials on each split, scored on {inner} of the"
        " training patients."
    )
    pairs = [f"{each.name}: {each.verdict}." for each in tuning.pairs if not each.control]
    names = ", ".join(tuning.untuned)
    rest = f"Not tuned, because their classifier declares no search space: {names}."
    return [first, *pairs, *[rest] * bool(names)]


def levels(tuning: Tuning) -> list[Row]:
    """A head, and for each model its inner AUC, its optimism, and what tuning gained."""
    head = ("model", "inner AUC", "optimism", "by default", "tuned", "change [95 %]")
    return [head, *(_level(name, each) for name, each in tuning.models.items() if each.splits)]


def differences(tuning: Tuning) -> list[Row]:
    """A head, and each comparison before and after tuning; no rows without comparisons."""
    head = ("difference in macro AUC", "by default [95 %]", "tuned [95 %]")
    rows = [
        (
            each.name,
            f"{with_interval(each.before, each.before_ci)}",
            f"{with_interval(each.after, each.after_ci)}",
        )
        for each in tuning.pairs
    ]
    return [head, *rows] if rows else []


def section(tuning: Tuning | None) -> str:
    """The section of the page; nothing for a run without tuning."""
    if tuning is None:
        return ""
    tables = [("What tuning changed: macro AUC of each model", levels(tuning))]
    tables += [("Does the gain survive equal tuning?", differences(tuning))]
    shown = "".join(_table(caption, rows) for caption, rows in tables if len(rows) > 1)
    searches = _table("Chosen settings on each split", [*_searches(tuning)])
    folded = pages.folded("Chosen settings and spread of the trials on each split", searches)
    return pages.items(sentences(tuning)) + shown + folded + pages.items(READING)


def chosen_settings(search: SplitSearch) -> str:
    """The chosen settings as they are typed, or that they are the defaults."""
    return spoken(search.chosen) or "the defaults"


def spread(search: SplitSearch) -> str:
    """`0.701 to 0.745`: the lowest and the highest inner AUC of a search."""
    return f"{number(min(search.trials))} to {number(max(search.trials))}"


def _level(name: str, model: TunedModel) -> Row:
    figures = (model.inner_auc, model.optimism, model.before, model.after)
    return name, *map(number, figures), with_interval(model.gain, model.gain_ci)


def _searches(tuning: Tuning) -> Iterator[Row]:
    yield "model", "split", "chosen", "inner AUC", "by default", "trials", "stopped", "test AUC"
    for name, model in tuning.models.items():
        for place, each in enumerate(model.splits, 1):
            inner = number(each.inner_auc), number(each.default_inner_auc)
            outer = number(each.outer_auc) if each.outer_auc is not None else NONE
            counted = spread(each), str(each.stopped)
            yield name, str(place), chosen_settings(each), *inner, *counted, outer


def _table(caption: str, rows: list[Row]) -> str:
    head, *body = rows
    return table(caption, [*map(capital, head)], body)
