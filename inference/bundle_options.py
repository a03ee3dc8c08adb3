"""Options of the commands that use a trained bundle.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from datasets.options import (
    CLUSTER,
    FLAG,
    NEW_RUN,
    PROJECT,
    RUNS,
    Changing,
    Embedded,
    Figures,
    Work,
)


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """The bundle that a command uses."""

    bundle: Annotated[Path, "Bundle: a folder that `train` wrote."] = RUNS / "train" / "latest"
    weights: Annotated[
        str, "Weights of the network, if the file has moved since training; a folder for several."
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Explain(Figures, Embedded, Bundled, Work):
    """Show where the model looks: keypoints, heatmaps of visual words and Grad-CAM per label.

    Example: python cli.py explain --bundle runs/train/latest --data FOLDER --labels Mass,Effusion
    """

    image: Annotated[
        list[Path],
        "Image files. Default: test images of --data; those with --labels or with boxes come"
        " first.",
    ] = field(default_factory=list)
    labels: Annotated[
        str,
        "Labels to explain, comma-separated. Default: three per image, those with boxes first, then"
        " those with the highest probability relative to the threshold.",
    ] = ""
    method: Annotated[str, "Grad-CAM variant: gradcam or gradcam++."] = "gradcam"
    layer: Annotated[str, "Network layer for Grad-CAM. Default: the last feature map."] = ""
    n_images: Annotated[int, "Number of test images of --data to show; labels take turns."] = 4
    wrong: Annotated[
        bool, "Show wrong decisions first, the worst at the top. Needs a label table."
    ] = False
    out: Annotated[Path, "Folder for explain.html, panels and maps."] = RUNS / "explain" / NEW_RUN


@dataclass(frozen=True, kw_only=True)
class Localize(Figures, Embedded, Bundled, Work):
    """Score heatmaps against boxes: pointing game, IoU and IoBB, with baselines.

    Example: python cli.py localize --bundle runs/train/latest --data FOLDER --sanity
    """

    layer: Annotated[str, "Network layer for Grad-CAM. Default: the last feature map."] = ""
    part: Annotated[str, "Images to score: test, validation or all."] = "test"
    sanity: Annotated[
        bool,
        "Also check maps: compare with shuffled weights, and blur the strongest region.",
    ] = False
    lungs: Annotated[
        Path | None,
        "Look for shortcuts: CSV with boxes of the lungs, or a folder of masks.",
    ] = None
    replicates: Annotated[int, "Bootstrap replicates; each resamples patients."] = 1000
    out: Annotated[Path, "Folder for localize.json, localize.csv and a plot."] = (
        RUNS / "localize" / NEW_RUN
    )


@dataclass(frozen=True, kw_only=True)
class Judged(Embedded):
    """Which bundles `score` evaluates, and on which images."""

    bundle: Annotated[
        list[str],
        "FOLDER or NAME=FOLDER: evaluate a bundle on --data, in place of --labels and --scores.",
        FLAG,
    ] = field(default_factory=list)
    data: Annotated[Path | None, "Folder of images to evaluate --bundle on."] = None
    format: Annotated[str, "Layout of --data, or auto; see --list-formats."] = "auto"
    views: Annotated[str, "Images of --data: all, frontal, lateral, PA or AP."] = "all"
    label_table: Annotated[Path | None, "Table that labels the images of --data."] = None
    map: Annotated[
        Path | None, "CSV with columns name and finding that renames labels of --data."
    ] = None
    weights: Annotated[str, "Weights of the bundle's network, if the file has moved."] = ""
    cache: Annotated[Path, "Folder of cached features of --data."] = PROJECT / "cache"
    jobs: Annotated[int, "CPU cores to use for --bundle; 0: all."] = 0


@dataclass(frozen=True, kw_only=True)
class Robustness(Changing, Figures, Bundled, Work):
    """Measure how far changes of acquisition lower a model's AUC, beside a baseline's.

    Example: python cli.py robustness --bundle HYBRID --against CNN --data FOLDER
    """

    against: Annotated[
        Path | None, "Bundle of the baseline, such as a CNN without visual words."
    ] = None
    part: Annotated[str, "Images to evaluate: test, validation or all."] = "test"
    replicates: Annotated[int, "Bootstrap replicates; each resamples patients."] = 1000
    out: Annotated[Path, "Folder for robustness.html, robustness.json, tables and plots."] = (
        RUNS / "robustness" / NEW_RUN
    )


@dataclass(frozen=True, kw_only=True)
class Predict(Embedded, Bundled, Work):
    """Predict findings of images: probabilities, decisions and warnings as tables and JSON lines.

    Example: python cli.py predict IMAGE.png FOLDER --bundle runs/train/latest
    """

    image: Annotated[
        list[Path],
        "Image files, folders, patterns in quotes, or lists (.txt, .csv). Default: test images of"
        " --data.",
    ] = field(default_factory=list)
    tta: Annotated[
        int,
        "Average over this many augmented versions of each image, and show the spread: 0, or at"
        " least 2. Not for embeddings from files.",
    ] = 0
    abstain: Annotated[
        float,
        "Answer present, absent or cannot say, wrong for at most this share of patients: 0.1. 0: do"
        " not. With --tta, the bundle must be trained with the same --tta.",
    ] = 0.0
    cluster: Annotated[str, CLUSTER] = ""
    csv: Annotated[
        Path | None, "Table with a row per image and label. Default: findings.csv in --out."
    ] = None
    jsonl: Annotated[
        Path | None,
        "The same as a JSON object per image. Default: findings.jsonl in --out.",
    ] = None
    scores: Annotated[
        Path | None, "Table with a column per label. Default: scores.csv in --out."
    ] = None
    out: Annotated[Path, "Folder for the tables and skipped.csv."] = RUNS / "predict"
