"""A comparison whose models are trained again with settings that a search has chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING

from features.extracted import Extracted
from features.extraction_plan import Crew
from models.search_space import Chosen
from models.test_time_augmentation import TTA
from models.trials import Inner
from models.views import Views
from pipelines import asked_features, word_settings
from pipelines.augmented_tests import NOT_AUGMENTED, Augmented
from pipelines.comparing import changed_tests, run_cache, searching
from pipelines.comparing.candidates import Candidate
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_bar import RunBar
from pipelines.comparing.run_cache import Fit
from pipelines.comparing.run_plan import Planned, RunPlan
from pipelines.comparing.searching import Job, Search
from progress import say, shown, stage

if TYPE_CHECKING:
    from models.optuna_study import Studies

Fits = dict[str, list[list[Fit]]]


@dataclass(frozen=True)
class TunedRun(ComparisonRun):
    """A comparison of tuned models, with their fits by default settings, and every search by name
    and split. A model with averaged probabilities has the settings of the same one without."""

    default_fits: Fits = field(default_factory=dict)
    searches: Mapping[str, Sequence[Search]] = field(default_factory=dict)

    @property
    def before(self) -> ComparisonRun:
        """The same comparison by default settings."""
        own = {item.name: getattr(self, item.name) for item in fields(ComparisonRun)}
        return ComparisonRun(**own | {"fits": self.default_fits})


def tuned(
    run: ComparisonRun, plan: RunPlan, augmented: Sequence[Augmented], crew: Crew | None = None
) -> TunedRun:
    """The run with every model, controls included, tuned by equally many trials on each split.

    `augmented` are the versions of images on each split.
    """
    everyone = [*run.candidates, run.metadata_only]
    searched = [each for each in everyone if not each.averaged]
    searches: dict[str, list[Search]] = {each.name: [] for each in searched}
    fits: Fits = {each.name: [] for each in everyone}
    studies = searching.opened(plan.tuning[0].path.parent)
    with shown(RunBar.of_tuning(plan)) as bar:
        for number, extracted in enumerate(run.stages):
            elsewhere = {each.name: each.stages[number] for each in run.sites}
            given = studies, crew, bar, augmented[number]
            split = Split(run, plan, number, extracted, elsewhere, *given)
            with stage("reading features"):
                views = asked_features.views_of(extracted, metadata=True)
                others = {
                    name: asked_features.views_of(each, metadata=True)
                    for name, each in elsewhere.items()
                }
            found = split.searched(searched, views)
            for each in searched:
                searches[each.name].append(found[each.name])
            for each in everyone:
                search = found[each.name.removesuffix(TTA)]
                fits[each.name].append([*split.fits(each, search, views, others)])
    own = {item.name: getattr(run, item.name) for item in fields(ComparisonRun)}
    return TunedRun(**own | {"fits": fits}, default_fits=run.fits, searches=searches)


@dataclass(frozen=True)
class Split:
    """The work of tuning on one split."""

    run: ComparisonRun
    plan: RunPlan
    number: int
    stage: Extracted
    elsewhere: Mapping[str, Extracted]
    studies: "Studies"
    crew: Crew | None
    bar: RunBar
    augmented: Augmented

    def searched(self, everyone: Sequence[Candidate], views: Views) -> dict[str, Search]:
        """The search of each candidate by its name."""
        jobs = dict(self._jobs(everyone, views))
        names, options = [*jobs], self.run.options
        left = {name: [*self._planned(name, trials=True)] for name in names}

        def finish(place: int) -> None:
            self.bar.finish(left[names[place]].pop(0))

        with stage(f"trials on split {self.number + 1} of {len(self.run.stages)}"):
            searching.run([*jobs.values()], options.tune, finish, self.crew)
        # What an earlier run has left, and models without a search space.
        for one in (one for each in everyone for one in self._planned(each.name, trials=True)):
            self.bar.skip(one)
        return {
            each.name: Search(jobs[each.name].study.trials if each.name in jobs else [])
            for each in everyone
        }

    def fits(
        self, candidate: Candidate, search: Search, views: Views, others: Mapping[str, Views]
    ) -> Iterator[Fit]:
        """The trainings with the chosen settings; those by default settings, if they are best."""
        chosen, defaults = search.chosen, self.run.fits[candidate.name][self.number]
        planned = self._planned(candidate.name, trials=False)
        views = word_settings.views_of(views, self.stage, chosen)
        others = {
            name: word_settings.views_of(others[name], each, chosen)
            for name, each in self.elsewhere.items()
        }
        make = partial(searching.with_chosen, candidate.make, chosen)
        for one, default in zip(planned, defaults, strict=True):
            if not chosen:
                self.bar.skip(one)
            tuned = candidate._replace(make=make)
            augmented = self._augmented(one, chosen)
            yield self._fit(one, tuned, views, others, augmented) if chosen else default

    def _augmented(self, one: Planned, chosen: Chosen) -> Augmented:
        """The versions and changes of images that a training predicts for, by chosen settings."""
        present = self.plan.averaging(one, self.augmented)
        seen = word_settings.with_chosen(self.stage, chosen)
        if present is NOT_AUGMENTED or seen is self.stage:
            return present
        others = {
            name: word_settings.with_chosen(each, chosen) for name, each in self.elsewhere.items()
        }
        made = changed_tests.of_split(seen, others, self.run.options, self.crew)
        return self.plan.averaging(one, made)

    def _fit(
        self,
        one: Planned,
        tuned: Candidate,
        views: Views,
        others: Mapping[str, Views],
        augmented: Augmented,
    ) -> Fit:
        client, images = self.crew and self.crew.client, self.stage.images
        with stage(self.plan.where(one)):
            made = run_cache.fit(
                tuned, views, images, one.seed, one.path, client, others, augmented
            )
        self.bar.finish(one)
        return made

    def _jobs(self, everyone: Sequence[Candidate], views: Views) -> Iterator[tuple[str, Job]]:
        """The search of each candidate that has a search space, by the candidate's name."""
        options = self.run.options
        for each in everyone:
            make = partial(each.make, options.seed)
            space = searching.free_space(make(), each.classifier, options.set)
            words = word_settings.space(options, each.needs)
            if not (space or words):
                say(f"{each.name} is not tuned: it declares no search space")
                continue
            inner = partial(self._inner, each, views)
            name = next(self._planned(each.name, trials=True)).path.stem
            yield each.name, searching.job_of(self.studies, name, make, space, inner, words)

    def _inner(self, candidate: Candidate, views: Views, chosen: Chosen) -> Inner:
        """What a candidate sees of the training images by some settings."""
        seed, folds = self.run.options.seed, self.run.options.inner_folds
        views = word_settings.views_of(views, self.stage, chosen)
        return searching.inner_of(candidate.see(views, seed), self.stage.images, folds, seed)

    def _planned(self, name: str, *, trials: bool) -> Iterator[Planned]:
        return (
            one
            for one in self.plan.tuning
            if (one.split, one.candidate.name, bool(one.trial)) == (self.number, name, trials)
        )
