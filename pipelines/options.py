"""Every command's options: names, defaults and help, for Python and the command line alike.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from datasets.options import Reading

PROJECT = Path(__file__).resolve().parents[1]
# Marks a field that has no default and yet is a flag on the command line.
FLAG = "flag"


@dataclass(frozen=True, kw_only=True)
class Work(Reading):
    """Which films, and where what is made of them is kept."""

    cache: Annotated[Path, "Folder of what can be computed again."] = PROJECT / "cache"
    jobs: Annotated[int, "Cores to use; 0 means all."] = 0


@dataclass(frozen=True, kw_only=True)
class Data(Work):
    """What is in a data set: films, patients, labels, split, what was skipped; three pictures."""

    check_images: Annotated[
        bool, "Decode every film: which cannot be read, which are negatives?"
    ] = False
    save_split: Annotated[Path | None, "Write the split to this JSON file."] = None
    out: Annotated[Path, "Folder for plots and skipped.csv."] = PROJECT / "runs" / "data"


@dataclass(frozen=True, kw_only=True)
class Extract(Work):
    """Films to vectors, computed once and cached; says what was computed, cached and skipped."""

    extractors: Annotated[str, "Which extractors, separated by commas."] = (
        "resnet50,orb_words,sift_words"
    )
    backbone: Annotated[
        str, "Put this network (or `.keras` file) in the place of the deep extractor."
    ] = ""
    weights: Annotated[
        str,
        "auto (ImageNet; random on drawn films if there is no way to it), imagenet, random or"
        " a file: Keras weights of the backbone, or a headless `.keras` model of its own.",
    ] = "auto"
    image_size: Annotated[int, "Pixels a side for the network; 0 means its own."] = 0
    precision: Annotated[
        str, "float32, bfloat16 or mixed; auto: float32 on a processor, mixed on a GPU."
    ] = "auto"
    set: Annotated[
        str, "Other parameters, as `sift_words.n_words=1024 dense_sift_fisher.step=4`."
    ] = ""
    out: Annotated[Path, "Folder for skipped.csv."] = PROJECT / "runs" / "extract"

    @property
    def classifying(self) -> tuple[str, ...]:
        """Classifiers that take part, whose parameters `set` may name too."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Train(Extract):
    """One classifier, on cached vectors or films, with calibration and thresholds, as a bundle."""

    classifier: Annotated[
        str, "cnn, dual_input, xgboost, late_fusion, logistic, finetuned or finetuned_dual."
    ] = "dual_input"
    extractors: Annotated[str, "Which extractors, separated by commas."] = (
        "resnet50,dense_sift_fisher"
    )
    metadata: Annotated[bool, "Show the classifier age, sex and view too: it learns shortcuts."] = (
        False
    )
    thresholds: Annotated[str, "Chosen on validation films for the best f1, or for recall."] = "f1"
    recall: Annotated[float, "The share of positives that `--thresholds recall` finds."] = 0.8
    tta: Annotated[int, "Augment test films so often, and tell how far probabilities spread."] = 0
    resume: Annotated[bool, "Go on with a training on films that was cut short."] = False
    out: Annotated[Path, "Folder for the bundle."] = PROJECT / "runs" / "bundle"

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifier that is trained."""
        return (self.classifier,)


@dataclass(frozen=True, kw_only=True)
class Compare(Extract):
    """Baseline against hybrids, with controls of equal width, intervals by patient and a report."""

    classifiers: Annotated[str, "Who takes part, separated by commas."] = (
        "cnn,dual_input,late_fusion,xgboost"
    )
    baseline: Annotated[str, "Whom the others are compared with."] = "cnn"
    extractors: Annotated[str, "Which extractors, separated by commas."] = (
        "resnet50,dense_sift_fisher"
    )
    folds: Annotated[int, "Folds by patient, each tested once; 0 uses the data set's split."] = 0
    seeds: Annotated[int, "Trainings of every classifier, averaged; their spread is told."] = 1
    metadata: Annotated[bool, "Show hybrids age, sex and view too: they learn shortcuts."] = False
    replicates: Annotated[int, "Bootstrap replicates, each of resampled patients."] = 1000
    resume: Annotated[bool, "Go on with the run in --out without training again what is done."] = (
        False
    )
    out: Annotated[Path, "Folder for the report."] = PROJECT / "runs" / "compare"

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifiers compared, in the order asked for and each once."""
        return tuple(dict.fromkeys(part.strip() for part in self.classifiers.split(",")))


@dataclass(frozen=True, kw_only=True)
class Explain(Work):
    """Where each branch looks: film, keypoints, word heatmaps and Grad-CAM, a panel a label."""

    image: Annotated[
        list[Path], "Films; without any, test films of --data, those with boxes first."
    ] = field(default_factory=list)
    bundle: Annotated[Path, "Folder that `train` wrote."] = PROJECT / "runs" / "bundle"
    weights: Annotated[
        str, "Where the network's weights lie now, if not where they lay in training."
    ] = ""
    labels: Annotated[
        str,
        "Labels, separated by commas; without any, three a film: those with boxes, then those whose"
        " probability is highest against its threshold.",
    ] = ""
    method: Annotated[str, "gradcam or gradcam++."] = "gradcam"
    layer: Annotated[str, "Layer that Grad-CAM looks at; without one the last feature map."] = ""
    films: Annotated[int, "How many films of --data."] = 4
    out: Annotated[Path, "Folder for panels, maps and page."] = PROJECT / "runs" / "explain"


@dataclass(frozen=True, kw_only=True)
class Localize(Work):
    """Heatmaps scored against boxes, beside what looks at no film: pointing game, IoU, IoBB."""

    bundle: Annotated[Path, "Folder that `train` wrote."] = PROJECT / "runs" / "bundle"
    weights: Annotated[
        str, "Where the network's weights lie now, if not where they lay in training."
    ] = ""
    layer: Annotated[str, "Layer that Grad-CAM looks at; without one the last feature map."] = ""
    part: Annotated[str, "Films to score: test, validation or all."] = "test"
    sanity: Annotated[
        bool, "Do maps change with shuffled weights, and does blurring what they credit matter?"
    ] = False
    replicates: Annotated[int, "Bootstrap replicates, each of resampled patients."] = 1000
    out: Annotated[Path, "Folder for localize.json, localize.csv and a plot."] = (
        PROJECT / "runs" / "localize"
    )


@dataclass(frozen=True, kw_only=True)
class Predict(Work):
    """What a bundle says of films: probabilities, findings, warnings; as tables and JSON lines."""

    image: Annotated[
        list[Path],
        "Films, folders, patterns in quotes, or lists (.txt, .csv); without any, test films of"
        " --data.",
    ] = field(default_factory=list)
    bundle: Annotated[Path, "Folder that `train` wrote."] = PROJECT / "runs" / "bundle"
    weights: Annotated[
        str, "Where the network's weights lie now, if not where they lay in training."
    ] = ""
    tta: Annotated[int, "Augment films so often, and tell how far probabilities spread."] = 0
    csv: Annotated[
        Path | None, "Table of a row for each film and label; without it findings.csv in --out."
    ] = None
    jsonl: Annotated[
        Path | None, "The same as a JSON object a line; without it findings.jsonl in --out."
    ] = None
    scores: Annotated[
        Path | None, "Table of a column for each label; without it scores.csv in --out."
    ] = None
    out: Annotated[Path, "Folder for tables and skipped.csv."] = PROJECT / "runs" / "predict"


@dataclass(frozen=True, kw_only=True)
class Serve:
    """A bundle as a page for browsers and a REST interface for programs, on this machine alone."""

    bundle: Annotated[Path, "Folder that `train` wrote."] = PROJECT / "runs" / "bundle"
    weights: Annotated[
        str, "Where the network's weights lie now, if not where they lay in training."
    ] = ""
    report: Annotated[
        Path | None, "A run's report.html, one click away; without it one beside the bundle."
    ] = None
    host: Annotated[str, "Address to listen at; any but loopback needs --token."] = "127.0.0.1"
    port: Annotated[int, "Port to listen at."] = 7860
    token: Annotated[
        str, "What programs send as Bearer and people type to log in; else from CXR_TOKEN."
    ] = ""
    max_megabytes: Annotated[int, "Largest request, with all its films."] = 64
    max_megapixels: Annotated[int, "Largest film."] = 40
    max_films: Annotated[int, "Most films in a request."] = 16
    requests_per_minute: Annotated[int, "Most uploads and clicks of one client; 0: no limit."] = 240
    queue: Annotated[int, "Films at work or waiting; further ones are told `busy`."] = 64
    jobs: Annotated[int, "Cores to use; 0 means all."] = 0


@dataclass(frozen=True, kw_only=True)
class Keypoints(Work):
    """Keypoints with scale and orientation on films, and galleries of what visual words mean."""

    films: Annotated[list[Path], "Films to draw on; without any the first ones of --data."] = field(
        default_factory=list
    )
    detector: Annotated[str, "orb, sift or dense_sift."] = "sift"
    gallery: Annotated[int, "Also show so many visual words, from the commonest to rarest."] = 0
    words: Annotated[str, "Or these words, by number, separated by commas."] = ""
    set: Annotated[str, "Other parameters, as `sift_words.n_words=128`."] = ""
    out: Annotated[Path, "Folder for the pictures."] = PROJECT / "runs" / "keypoints"


@dataclass(frozen=True, kw_only=True)
class Cache:
    """What is in the cache, whether it is sound, and removing what nobody uses."""

    action: Annotated[str, "list, verify (every checksum and every film's digest) or prune."]
    cache: Annotated[Path, "The cache's folder."] = PROJECT / "cache"
    days: Annotated[float, "prune removes what was not used for so many days."] = 30


@dataclass(frozen=True, kw_only=True)
class Score:
    """The verdict on probabilities made elsewhere: AUCs with intervals by patient, and a report."""

    labels: Annotated[Path, "Label table, or a data set's folder.", FLAG]
    scores: Annotated[
        list[str], "NAME=FILE, a CSV of ids and a column a label; once for each model.", FLAG
    ]
    baseline: Annotated[str, "Compare the others with this model; without it the first."] = ""
    findings: Annotated[str, "Judge these labels only, separated by commas."] = ""
    intersect: Annotated[bool, "Judge the films and labels that all files share."] = False
    replicates: Annotated[int, "Bootstrap replicates, each of resampled patients."] = 1000
    seed: Annotated[int, "Seed of the bootstrap."] = 0
    out: Annotated[Path, "Folder for the report."] = PROJECT / "runs" / "score"
