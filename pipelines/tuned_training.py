"""`train --tune`: the settings of one classifier, chosen on some of its training patients."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from datasets import sources
from datasets.options import PLACES
from display import Bar
from features.extracted import Extracted
from features.extraction_plan import Crew
from features.recipe import digest
from models.search_space import Chosen, spoken
from models.trials import Inner
from models.views import Views
from pipelines import asked_classifier, word_settings
from pipelines.command_options import Train
from pipelines.comparing import run_cache, searching, tuning_changes
from pipelines.comparing.searching import Search
from pipelines.image_training import training_folder
from progress import shown, warn
from reports.wording import number

STUDY = "trials.sqlite"


def searched(
    views: Views,
    extracted: Extracted,
    options: Train,
    crew: Crew | None = None,
) -> Search:
    """The search for the settings of a classifier; without `--tune` or a space it has no trials."""
    if not options.tune:
        return Search([])
    make = partial(asked_classifier.make, options)
    space = searching.free_space(make(), options.classifier, options.set)
    words = word_settings.space(options, make().needs)
    if not (space or words):
        warn(f"{options.classifier} is not tuned: it declares no search space")
        return Search([])
    folder, images = sources.folder(training_folder(options)), extracted.images

    def inner(chosen: Chosen) -> Inner:
        seen = word_settings.views_of(views, extracted, chosen)
        return searching.inner_of(seen, images, options.inner_folds, options.seed)

    studies = searching.opened(folder)
    job = searching.job_of(studies, _name(extracted, options), make, space, inner, words)
    with shown(Bar(f"tuning {options.classifier}", options.tune, "trials")) as bar:
        bar.advance(len(job.study.trials))
        searching.run([job], options.tune, lambda number: bar.advance(), crew)
    return Search(job.study.trials)


def keep(search: Search, options: Train) -> None:
    """Keep the trials in the bundle's folder: the study, and a table."""
    if search.trials:
        shutil.move(training_folder(options) / STUDY, options.out / STUDY)
        tuning_changes.write_trials({options.classifier: [search]}, options.out)


def values(search: Search, test_auc: float | None, options: Train) -> dict[str, Any]:
    """The search with its optimism, as JSON; {} without one."""
    if not search.trials:
        return {}
    found = tuning_changes.split_search(search, test_auc)
    asked = {"inner_folds": options.inner_folds, "optimism": found.optimism}
    return {"tuning": asdict(found) | asked}


def lines(result: Mapping[str, Any]) -> list[str]:
    """What was chosen, and how far to trust its inner AUC; [] without a search."""
    if "tuning" not in result:
        return []
    found = result["tuning"]
    return [
        f"tuned on {len(found['trials']) + found['stopped']} trials, {found['stopped']} of them"
        f" stopped early: {spoken(found['chosen']) or 'the defaults'}",
        f"inner macro AUC {number(found['inner_auc'])}, by default"
        f" {number(found['default_inner_auc'])}: the highest of many is too high, here by"
        f" {number(found['optimism'])} over that on the test images",
    ]


def _name(extracted: Extracted, options: Train) -> str:
    """The name of the study: of these images, features and options alone."""
    given = {name: str(each) for name, each in asdict(options).items() if name not in PLACES}
    made_of = [run_cache.name_of_split(training_folder(options), 0, extracted), json.dumps(given)]
    return digest("\n".join(made_of).encode())
