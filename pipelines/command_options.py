"""Every command's options: names, defaults and help, for Python and the command line alike.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import models.classifiers
import registry
from datasets.options import (
    CLUSTER,
    FLAG,
    NEW_RUN,
    PROJECT,
    RUNS,
    Averaging,
    Elsewhere,
    Embedded,
    Figures,
    InTurn,
    Pooled,
    Pretraining,
    Sturdy,
    Work,
    listed,
)
from inference.bundle_options import Judged
from pipelines.extractor_names import CLASSICAL
from pipelines.tuning_options import Tuning

EXTRACTORS = (
    "Extractors, comma-separated: resnet50, dense_sift_fisher, ... All names and options:"
    f" --list-extractors. {CLASSICAL}: all hand-crafted ones, about 0.15 s an image."
)
CLASSIFIERS = f"{', '.join(registry.names(models.classifiers))}. Options: --list-classifiers."
BASELINE, ALL = "baseline", "all"
UNIT = "Evaluate image, study (mean) or study:max."
REPLICATES = "Bootstrap replicates, each of resampled patients."


@dataclass(frozen=True, kw_only=True)
class Data(Work):
    """Show what is in a data set: images, patients, labels, split, skipped images; three plots.

    Example: python cli.py data --data FOLDER --check-images
    """

    sets: Annotated[list[Path], "Folders; several are shown side by side."] = field(
        default_factory=list
    )
    check_images: Annotated[
        bool, "Decode every image and list those that are unreadable or negatives."
    ] = False
    duplicates: Annotated[
        bool, "Find near copies; --save-split leaves out those that another set has."
    ] = False
    save_split: Annotated[Path | None, "Write the split to this JSON file."] = None
    out: Annotated[Path, "Folder for plots and skipped.csv."] = RUNS / "data"


@dataclass(frozen=True, kw_only=True)
class Extraction(Embedded, Pretraining, Work):
    """Which features of images to compute, and on which machines."""

    extractors: Annotated[str, EXTRACTORS] = "resnet50,orb_words,sift_words"
    backbone: Annotated[str, "Extractor, .keras or .onnx file to replace the listed network."] = ""
    network: Annotated[list[str], "NAME=FILE: another network, as features of that name.", FLAG] = (
        field(default_factory=list)
    )
    weights: Annotated[str, "auto, imagenet, random, FILE or NAME=FILE,…"] = "auto"
    image_size: Annotated[str, "Pixels per side; 0: the network's; or NAME=320,…"] = "0"
    precision: Annotated[str, "auto, float32, bfloat16 or mixed."] = "auto"
    set: Annotated[str, "Options of plug-ins: `sift_words.n_words=512 cnn.epochs=9`."] = ""
    cluster: Annotated[str, CLUSTER] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        # Python code and earlier files of options have a number.
        object.__setattr__(self, "image_size", str(self.image_size))

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifiers of the command, whose parameters `set` may name too."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Extract(Extraction):
    """Compute features of images once and cache them; count computed, cached and skipped images.

    Example: python cli.py extract --data FOLDER --extractors resnet50,dense_sift_fisher
    """

    estimate: Annotated[
        int, "Only estimate the time for this number of images, from a few of them; 0: extract."
    ] = 0
    workers: Annotated[int, "For --estimate: number of one-thread processes."] = 1
    out: Annotated[Path, "Folder for skipped.csv."] = RUNS / "extract"


@dataclass(frozen=True, kw_only=True)
class Train(Tuning, Averaging, Figures, Pooled, Extraction):
    """Train one classifier; save it with extractors, calibration and thresholds as a bundle.

    Example: python cli.py train --data FOLDER --classifier late_fusion
    """

    classifier: Annotated[str, f"Classifier to train: {CLASSIFIERS}"] = "dual_input"
    extractors: Annotated[str, EXTRACTORS] = "resnet50,dense_sift_fisher"
    metadata: Annotated[bool, "Give the model age, sex and view too, which can be shortcuts."] = (
        False
    )
    thresholds: Annotated[str, "Thresholds on validation images for: f1 or recall."] = "f1"
    recall: Annotated[float, "Recall for --thresholds recall, above 0 and up to 1."] = 0.8
    unit: Annotated[str, UNIT] = "image"
    resume: Annotated[bool, "finetuned, finetuned_dual, --tune: continue a training."] = False
    out: Annotated[Path, "Bundle folder."] = RUNS / "train" / NEW_RUN

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifier that is trained."""
        return (self.classifier,)


@dataclass(frozen=True, kw_only=True)
class Differences:
    """How differences between models are tested."""

    replicates: Annotated[int, REPLICATES] = 2000
    unit: Annotated[str, UNIT] = "image"
    pairs: Annotated[
        str, "baseline: each model with the baseline. all: every two models, p corrected for all."
    ] = BASELINE
    margin: Annotated[float, "Models are equivalent within this difference in macro AUC."] = 0.01
    thresholds: Annotated[
        str,
        "Decide at LABEL=NUMBER,… or at those of a CSV with label, threshold and, if models differ,"
        " model. Default: compare chooses them on validation images, score decides nothing.",
    ] = ""
    failures: Annotated[
        int, "Images in the report of wrong calls, for each label and kind; 0: none."
    ] = 1
    audit: Annotated[bool, "List labels that are probably wrong, to be corrected."] = False


@dataclass(frozen=True, kw_only=True)
class Compare(Sturdy, Differences, Tuning, Averaging, Figures, Elsewhere, InTurn, Extraction):
    """Compare hybrids and width-matched controls with a baseline; write a report.

    Example: python cli.py compare --data FOLDER --folds 5 --seeds 3 --classifiers cnn,dual_input
    """

    classifiers: Annotated[str, f"Classifiers to compare, comma-separated: {CLASSIFIERS}"] = (
        "cnn,dual_input,late_fusion,xgboost"
    )
    baseline: Annotated[str, "Classifier that the others are compared with."] = "cnn"
    extractors: Annotated[str, EXTRACTORS] = "resnet50,dense_sift_fisher"
    seeds: Annotated[int, "Trainings of each model, averaged."] = 1
    metadata: Annotated[bool, "Give hybrids age, sex and view too, which can be shortcuts."] = False
    resume: Annotated[bool, "Continue --out, by default the newest run of these options."] = False
    out: Annotated[Path, "Report folder."] = RUNS / "compare" / NEW_RUN

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifiers compared, in the order asked for and each once."""
        return tuple(listed(self.classifiers))


@dataclass(frozen=True, kw_only=True)
class Keypoints(Work):
    """Plot keypoints on images with scale and orientation, and galleries of visual words.

    Example: python cli.py keypoints IMAGE.png --detector orb
    """

    image: Annotated[list[Path], "Image files; without any, the first images of --data."] = field(
        default_factory=list
    )
    detector: Annotated[str, "orb, sift, akaze, brisk or dense_sift."] = "sift"
    gallery: Annotated[
        int, "Also plot this number of visual words, from the most common to the rarest."
    ] = 0
    words: Annotated[str, "Plot these visual words instead: numbers, comma-separated."] = ""
    set: Annotated[str, "Options of the detector, such as `sift_words.n_words=128`."] = ""
    out: Annotated[Path, "Folder for plots and skipped.csv."] = RUNS / "keypoints"


@dataclass(frozen=True, kw_only=True)
class Cache:
    """List the cached features, verify them, or remove those that are no longer used.

    Example: python cli.py cache prune --days 30
    """

    action: Annotated[str, "list, verify (all checksums and digests of images) or prune."]
    cache: Annotated[Path, "Folder of the cache."] = PROJECT / "cache"
    days: Annotated[float, "prune removes features that were not used for this many days."] = 30


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Which probabilities, of which images and labels."""

    labels: Annotated[Path | None, "Label table, or a data set's folder."] = None
    scores: Annotated[
        list[str],
        "NAME=FILE, a CSV with image ids and a column for each label; once for each model.",
        FLAG,
    ] = field(default_factory=list)
    baseline: Annotated[str, "Model that the others are compared with; default: the first."] = ""
    findings: Annotated[str, "Evaluate these labels only, comma-separated."] = ""
    patient_pattern: Annotated[
        str,
        "Regular expression for file names; its first group is the patient. Needed where the"
        " label table names no patients.",
    ] = ""
    task: Annotated[str, "auto, multilabel or exclusive."] = "auto"
    intersect: Annotated[bool, "Evaluate the images and labels that all files share."] = False
    corrections: Annotated[
        Path | None, "Table of an audit (CSV, Excel), filled in: corrected labels."
    ] = None


@dataclass(frozen=True, kw_only=True)
class Score(Differences, Figures, Judged, Scored):
    """Evaluate probabilities that other programs computed, or a bundle; write a report.

    Example: python cli.py score --labels FOLDER --scores cnn=cnn.csv --scores hybrid=hybrid.csv
    """

    seed: Annotated[int, "Seed of the bootstrap."] = 0
    out: Annotated[Path, "Report folder."] = RUNS / "score" / NEW_RUN


@dataclass(frozen=True, kw_only=True)
class Runs:
    """List past runs of `compare` and `score`, newest first, or show two of them side by side.

    Example: python cli.py runs diff compare/first compare/second
    """

    action: Annotated[
        list[str], "Nothing: list all runs. diff A B: two runs, by name, folder or latest."
    ] = field(default_factory=list)
    folder: Annotated[Path, "Folder with the runs."] = RUNS

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))
