"""The images of a comparison in other versions: augmented, or after changes of acquisition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from datasets.image_change import Acquisition, acquisitions
from datasets.images import TEST
from errors import InvalidOption
from features.changed import changed
from features.extracted import Extracted
from features.extraction_plan import Crew
from models.views import Views
from pipelines import asked_features, augmented_tests
from pipelines.augmented_tests import NOT_AUGMENTED, Augmented
from pipelines.command_options import Compare
from progress import stage


@dataclass(frozen=True)
class ChangedTests:
    """The features of the test images after each change, by the name of its condition."""

    conditions: Mapping[str, Extracted]

    def __iter__(self) -> Iterator[tuple[str, Views]]:
        """The inputs of classifiers in each condition; those of one are in memory at a time."""
        for name, each in self.conditions.items():
            yield name, asked_features.views_of(each, metadata=True)


def check(options: Compare) -> None:
    """Refuse changes that nothing uses or that do not exist, and features of no image."""
    if options.robustness:
        acquisitions(options, options.seed)
        augmented_tests.check_computable("--robustness", "changed", options)
        return
    for name in ("changes", "severities"):
        if (given := getattr(options, name)) != getattr(Compare, name):
            raise InvalidOption(
                f"--{name} narrows --robustness; got --{name} {given} alone. Add --robustness, or"
                f" leave --{name} out."
            )


def of_split(
    extracted: Extracted,
    elsewhere: Mapping[str, Extracted],
    options: Compare,
    crew: Crew | None = None,
) -> Augmented:
    """Augmented test and external images, and changed test images, as far as they are asked for."""
    found = NOT_AUGMENTED
    if options.tta:
        outside = {
            name: augmented_tests.of_images(each.images, each, options, True, crew)
            for name, each in elsewhere.items()
        }
        found = Augmented(augmented_tests.of_set(TEST, extracted, options, True, crew), outside)
    if options.robustness:
        changes = acquisitions(options, options.seed)
        found = found._replace(changed=after(changes, extracted, options, crew))
    return found


def after(
    changes: Mapping[str, Mapping[int, Acquisition]],
    extracted: Extracted,
    options: Compare,
    crew: Crew | None = None,
) -> ChangedTests:
    """The test images after these changes, by name and severity.

    Each file is decoded once for all severities of a change, whose images are in memory together.
    """
    images = extracted.images.select(extracted.images.test)
    conditions: dict[str, Extracted] = {}
    for name, severities in changes.items():
        with stage(f"features of {len(images):,} test images after {name}"):
            made = changed(images, extracted.branches, [*severities.values()], options, crew)
        augmented_tests.check_rows(images, made)
        names = [condition(name, severity) for severity in severities]
        conditions |= zip(names, made, strict=True)
    return ChangedTests(conditions)


def condition(change: str, severity: int) -> str:
    """The name of a condition: `noise 3`."""
    return f"{change} {severity}"
