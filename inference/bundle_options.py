"""Options of the commands that put a bundle to work.

Nothing heavy is imported here, so that `--help` answers at once.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from datasets.options import CLUSTER, PROJECT, Work


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """Which bundle."""

    bundle: Annotated[Path, "Folder that `train` wrote."] = PROJECT / "runs" / "bundle"
    weights: Annotated[
        str, "Where weights lie now if they were moved; a folder for several networks."
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Explain(Bundled, Work):
    """Where each branch looks: film, keypoints, word heatmaps and Grad-CAM, a panel a label.

    Example: python cli.py explain --bundle runs/bundle --data FOLDER --labels Mass,Effusion
    """

    image: Annotated[
        list[Path], "Films; without any, test films of --data, those with --labels or boxes first."
    ] = field(default_factory=list)
    labels: Annotated[
        str,
        "Labels, separated by commas; without any, three a film: those with boxes, then those whose"
        " probability is highest against its threshold.",
    ] = ""
    method: Annotated[str, "gradcam or gradcam++."] = "gradcam"
    layer: Annotated[str, "Layer that Grad-CAM looks at; without one the last feature map."] = ""
    n_images: Annotated[int, "How many test images of --data; labels take turns."] = 4
    wrong: Annotated[
        bool, "Wrong calls first: decisions that differ from the label table, the worst first."
    ] = False
    out: Annotated[Path, "Folder for panels, maps and page."] = PROJECT / "runs" / "explain"


@dataclass(frozen=True, kw_only=True)
class Localize(Bundled, Work):
    """Heatmaps scored against boxes, beside what looks at no film: pointing game, IoU, IoBB.

    Example: python cli.py localize --bundle runs/bundle --data FOLDER --sanity
    """

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
class Predict(Bundled, Work):
    """What a bundle says of films: probabilities, findings, warnings; as tables and JSON lines.

    Example: python cli.py predict FILM.png FOLDER --bundle runs/bundle
    """

    image: Annotated[
        list[Path],
        "Films, folders, patterns in quotes, or lists (.txt, .csv); without any, test films of"
        " --data.",
    ] = field(default_factory=list)
    tta: Annotated[
        int,
        "Augmented versions of each image, which show how far probabilities spread.",
    ] = 0
    cluster: Annotated[str, CLUSTER] = ""
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
