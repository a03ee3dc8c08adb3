"""`robustness`: how far models get worse when images are acquired or stored in other ways."""

from collections.abc import Mapping
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets import sources
from datasets.image_change import acquisitions
from datasets.images import TEST, Images
from datasets.options import command_of
from errors import InvalidOption
from evaluation.bootstrap import check_replicates
from evaluation.truth import Truth
from inference import images_to_evaluate, known_metadata
from inference.bundle_options import Robustness
from inference.changed_features import bundle_features
from inference.predictor import Predictor
from inference.robustness_study import RobustnessStudy, examples
from pipelines import Result
from pipelines.recorded import recorded
from progress import say, step
from reports import robustness_files, robustness_text
from reports.plots.plotting import Paper


@recorded("robustness")
def run(options: Robustness) -> Result:
    """What changes cost each model, as text and JSON; a page, tables and plots are in `--out`."""
    check_replicates(options.replicates)
    paper, changes = Paper.of(options), acquisitions(options, options.seed)
    step("loading bundles")
    models = models_of(options)
    first = next(iter(models.values()))
    everyone = sources.images_for(options, first.bundle.labels)
    images = images_to_evaluate.images_in(everyone, options.part, "robustness")
    say(sources.headline(images))
    if any(model.takes_metadata for model in models.values()):
        images = known_metadata.known(images)
    truth = truth_of(images, models)
    # Several BLAS threads make small products many times slower.
    with threadpool_limits(1, "blas"):
        features = bundle_features(models, images, options)
        read = truth.over(features.images.ids, truth.label_names)
        study = RobustnessStudy(models, features, read, options.replicates, options.seed)
        values = _provenance(features.images, models, options) | study.figures(changes)
    values["notes"] = _notes(everyone, models, options)
    sources.write_skipped(features.images, sources.folder(options.out))
    robustness_files.write(values, examples(features, changes), options.out, paper)
    lines = [*robustness_text.lines(values), f"wrote {options.out / robustness_files.PAGE}"]
    return Result(lines, values, len(features.images.skipped))


def models_of(options: Robustness) -> dict[str, Predictor]:
    """The bundle and the baseline by name; two of the same classifier also have their folders."""
    folders = [options.bundle, *([options.against] if options.against else [])]
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise InvalidOption(
            f"--against must name another bundle than --bundle; both are {options.against}. Leave"
            " --against out to look at one model."
        )
    opened = [Predictor(folder, options.weights) for folder in folders]
    names = [each.bundle.name for each in opened]
    if len(set(names)) < len(names):
        names = [f"{name} ({folder})" for name, folder in zip(names, folders, strict=True)]
    return dict(zip(names, opened, strict=True))


def truth_of(images: Images, models: Mapping[str, Predictor]) -> Truth:
    """The labels that all models and the images have in common, of which one must vary."""
    known = [set(model.bundle.labels) for model in models.values()]
    names = [name for name in images.label_names if all(name in labels for labels in known)]
    columns = [images.label_names.index(name) for name in names]
    labels = images.labels[:, columns]
    if not ((labels == 1).any(axis=0) & (labels == 0).any(axis=0)).any():
        raise InvalidOption(
            "robustness needs a label of the bundle with positive and negative images;"
            f" {images.source} has none among {len(images):,} images. Name images with labels by"
            " --data, or pass --part all."
        )
    return Truth(images.ids, images.patients, labels, tuple(names))


def _provenance(
    images: Images, models: Mapping[str, Predictor], options: Robustness
) -> dict[str, Any]:
    """The data, the bundles, and the command that repeats the evaluation."""
    folders = [options.bundle, options.against]
    return {
        "command": command_of("robustness", options),
        "synthetic": images.synthetic,
        "data": images.source,
        "split": images.split_name,
        "part": options.part,
        "films": len(images),
        "patients": len(set(images.patients)),
        "seed": options.seed,
        "replicates": options.replicates,
        "models": {
            name: {
                "bundle": str(folder),
                "trained_on": model.bundle.data,
                "split": model.bundle.split,
                "kinds": {block: view.kind for block, view in model.bundle.views.items()},
            }
            for (name, model), folder in zip(models.items(), folders, strict=False)
        },
    }


def _notes(images: Images, models: Mapping[str, Predictor], options: Robustness) -> list[str]:
    """Limits of the evaluation of each model on this data set, as sentences."""
    return [
        f"{name}: {note}"
        for name, model in models.items()
        for note in images_to_evaluate.notes(images, model.bundle, options.part == TEST)
    ]
