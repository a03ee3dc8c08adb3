"""Every command's options: names, defaults and help, for Python and the command line alike.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from datasets.options import CLUSTER, FLAG, PROJECT, Work, listed

EXTRACTORS = "Feature extractors, comma-separated; see --list-extractors."


@dataclass(frozen=True, kw_only=True)
class Data(Work):
    """What is in a data set: films, patients, labels, split, what was skipped; three pictures.

    Example: python cli.py data --data FOLDER --check-images
    """

    check_images: Annotated[
        bool, "Decode every film: which cannot be read, which are negatives?"
    ] = False
    duplicates: Annotated[bool, "Find films of one picture; a saved split is free of them."] = False
    save_split: Annotated[Path | None, "Write the split to this JSON file."] = None
    out: Annotated[Path, "Folder for plots and skipped.csv."] = PROJECT / "runs" / "data"


@dataclass(frozen=True, kw_only=True)
class Extraction(Work):
    """Which vectors of films, and who computes them."""

    extractors: Annotated[str, EXTRACTORS] = "resnet50,orb_words,sift_words"
    backbone: Annotated[str, "Network, or `.keras` file, in the place of the one listed."] = ""
    weights: Annotated[
        str,
        "auto (ImageNet; on drawn films else random), imagenet, random, Keras weights, or a"
        " headless `.keras` model.",
    ] = "auto"
    image_size: Annotated[int, "Pixels a side for the network; 0 means its own."] = 0
    precision: Annotated[
        str, "float32, bfloat16 or mixed; auto: float32 on a processor, mixed on a GPU."
    ] = "auto"
    set: Annotated[str, "Other parameters: `sift_words.n_words=512 cnn.epochs=9`."] = ""
    cluster: Annotated[str, CLUSTER] = ""

    @property
    def classifying(self) -> tuple[str, ...]:
        """Classifiers that take part, whose parameters `set` may name too."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Extract(Extraction):
    """Films to vectors, computed once and cached; says what was computed, cached and skipped.

    Example: python cli.py extract --data FOLDER --extractors resnet50,dense_sift_fisher
    """

    estimate: Annotated[int, "Try some films, and only tell what so many would take."] = 0
    workers: Annotated[int, "Of the estimate: processes of one thread each."] = 1
    out: Annotated[Path, "Folder for skipped.csv."] = PROJECT / "runs" / "extract"


@dataclass(frozen=True, kw_only=True)
class Train(Extraction):
    """One classifier, on cached vectors or films, with calibration and thresholds, as a bundle.

    Example: python cli.py train --data FOLDER --classifier late_fusion
    """

    classifier: Annotated[str, "Classifier to train; see --list-classifiers."] = "dual_input"
    extractors: Annotated[str, EXTRACTORS] = "resnet50,dense_sift_fisher"
    metadata: Annotated[bool, "Show the classifier age, sex and view too: it learns shortcuts."] = (
        False
    )
    thresholds: Annotated[str, "By validation films, for the best f1 or for recall."] = "f1"
    recall: Annotated[float, "Share of positives that `--thresholds recall` finds."] = 0.8
    tta: Annotated[
        int, "finetuned, finetuned_dual: augmented versions of each test image, for a spread."
    ] = 0
    resume: Annotated[bool, "finetuned, finetuned_dual: continue an interrupted training."] = False
    out: Annotated[Path, "Folder for the bundle."] = PROJECT / "runs" / "bundle"

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifier that is trained."""
        return (self.classifier,)


@dataclass(frozen=True, kw_only=True)
class Compare(Extraction):
    """Baseline against hybrids, with controls of equal width, intervals by patient and a report.

    Example: python cli.py compare --data FOLDER --folds 5 --seeds 3 --classifiers cnn,dual_input
    """

    classifiers: Annotated[
        str, "Classifiers to compare, comma-separated; see --list-classifiers."
    ] = "cnn,dual_input,late_fusion,xgboost"
    baseline: Annotated[str, "Classifier that the others are compared with."] = "cnn"
    extractors: Annotated[str, EXTRACTORS] = "resnet50,dense_sift_fisher"
    folds: Annotated[int, "Folds by patient; 0 takes the data set's own split."] = 0
    seeds: Annotated[int, "Trainings of each, averaged."] = 1
    metadata: Annotated[bool, "Show hybrids age, sex and view too: they learn shortcuts."] = False
    replicates: Annotated[int, "Bootstrap replicates, each of resampled patients."] = 1000
    resume: Annotated[bool, "Go on with the run in --out without training again what is done."] = (
        False
    )
    out: Annotated[Path, "Folder for the report."] = PROJECT / "runs" / "compare"

    @property
    def classifying(self) -> tuple[str, ...]:
        """The classifiers compared, in the order asked for and each once."""
        return tuple(listed(self.classifiers))


@dataclass(frozen=True, kw_only=True)
class Keypoints(Work):
    """Keypoints with scale and orientation on films, and galleries of what visual words mean.

    Example: python cli.py keypoints FILM.png --detector orb
    """

    image: Annotated[list[Path], "Films to draw on; without any the first ones of --data."] = field(
        default_factory=list
    )
    detector: Annotated[str, "orb, sift or dense_sift."] = "sift"
    gallery: Annotated[int, "Also show so many visual words, from the commonest to rarest."] = 0
    words: Annotated[str, "Or these words, by number, separated by commas."] = ""
    set: Annotated[str, "Other parameters, as `sift_words.n_words=128`."] = ""
    out: Annotated[Path, "Folder for pictures and skipped.csv."] = PROJECT / "runs" / "keypoints"


@dataclass(frozen=True, kw_only=True)
class Cache:
    """What is in the cache, whether it is sound, and removing what nobody uses.

    Example: python cli.py cache prune --days 30
    """

    action: Annotated[str, "list, verify (every checksum and every film's digest) or prune."]
    cache: Annotated[Path, "The cache's folder."] = PROJECT / "cache"
    days: Annotated[float, "prune removes what was not used for so many days."] = 30


@dataclass(frozen=True, kw_only=True)
class Score:
    """The verdict on probabilities made elsewhere: AUCs with intervals by patient, and a report.

    Example: python cli.py score --labels FOLDER --scores cnn=cnn.csv --scores hybrid=hybrid.csv
    """

    labels: Annotated[Path, "Label table, or a data set's folder.", FLAG]
    scores: Annotated[
        list[str], "NAME=FILE, a CSV of ids and a column a label; once for each model.", FLAG
    ]
    baseline: Annotated[str, "Compare the others with this model; without it the first."] = ""
    findings: Annotated[str, "Judge these labels only, separated by commas."] = ""
    patient_pattern: Annotated[str, "As for `data`, of labels that name no patients."] = ""
    intersect: Annotated[bool, "Judge the films and labels that all files share."] = False
    replicates: Annotated[int, "Bootstrap replicates, each of resampled patients."] = 1000
    seed: Annotated[int, "Seed of the bootstrap."] = 0
    out: Annotated[Path, "Folder for the report."] = PROJECT / "runs" / "score"
