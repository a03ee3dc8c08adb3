"""Options that commands share: which images, where results are kept, how to repeat them.

Nothing heavy is imported here, so that `--help` is fast.
"""

import shlex
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

# Of the program; logs and reports show it.
VERSION = "0.2.0"
PROJECT = Path(__file__).resolve().parents[1]
RUNS = PROJECT / "runs"
# Marks a field without a default that is a flag nevertheless, not an argument.
FLAG = "flag"
CLUSTER = "Dask: local:N, a scheduler's address, or a file with `cluster()`."
# Stands for the name of a run's own folder, which is made when the run starts.
NEW_RUN = "DATE-DATA-CLASSIFIERS"
# Folders and the number of cores change no result.
PLACES = ("out", "cache", "jobs", "resume")
# Options of single formats, () for all; `--list-formats` explains them, not the help of a command.
OF_FORMATS: dict[str, tuple[str, ...]] = {
    "map": (),
    "corrections": (),
    "votes": ("vindr",),
    "relabels": ("nih",),
    "truth": ("nih",),
    "labels_from": ("mimic_cxr_jpg",),
}


def listed(text: str) -> list[str]:
    """Names separated by commas, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _paths_of(options: type) -> tuple[str, ...]:
    """The options of a class that hold paths."""
    hints = get_type_hints(options)
    return tuple(name for name, hint in hints.items() if Path in (hint, *get_args(hint)))


def _path(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_path(each) for each in given]
    return Path(given) if isinstance(given, str) else given


@dataclass(frozen=True)
class Reading:
    """Which images, in which layout, with which label policies and split; paths may be strings."""

    data: Annotated[Path | None, "Folder of images; without it, synthetic images."] = None
    format: Annotated[str, "Layout, or auto; see --list-formats."] = "auto"
    images: Annotated[bool, "Look for image files, or only read the label table."] = True
    split: Annotated[str, "auto, given, random, folder of lists or JSON file."] = "auto"
    seed: Annotated[int, "Seed of all random numbers."] = 0
    views: Annotated[str, "all, frontal, lateral, PA or AP."] = "all"
    findings: Annotated[str, "Keep these labels only, comma-separated."] = ""
    uncertain: Annotated[
        str, "Labels of -1: ignore, ones or zeros; by label: `ignore,Edema=ones`."
    ] = "ignore"
    blank: Annotated[
        str, "The same for empty labels, or auto (zeros for CheXpert, MIMIC-CXR and BRAX)."
    ] = "auto"
    patient_pattern: Annotated[
        str,
        "Regular expression for file names; its first group is the patient, unless a table or"
        " header names it.",
    ] = ""
    task: Annotated[str, "auto, multilabel or exclusive."] = "auto"
    label_table: Annotated[Path | None, "CSV, TSV or Excel table with images and findings."] = None
    labels_from: Annotated[
        str, "Labels by chexpert or negbio; test-set: those of test images by a radiologist."
    ] = "chexpert"
    map: Annotated[
        Path | None, "CSV with columns name and finding that renames labels to common findings."
    ] = None
    corrections: Annotated[
        Path | None, "Table of an audit (CSV, Excel), filled in: corrected labels."
    ] = None
    votes: Annotated[
        str,
        "Radiologists who must see a finding: any, majority or all; with agreed, findings that they"
        " disagree on are not reported.",
    ] = "majority"
    relabels: Annotated[Path | None, "Google's expert labels of NIH images (CSV)."] = None
    truth: Annotated[
        str, "With --relabels: labels of experts, or of reports; notes say how far they agree."
    ] = "experts"

    def __post_init__(self) -> None:
        for name in _paths_of(type(self)):
            object.__setattr__(self, name, _path(getattr(self, name)))


@dataclass(frozen=True, kw_only=True)
class Work(Reading):
    """Which images, and where their features are kept."""

    cache: Annotated[Path, "Folder of cached features."] = PROJECT / "cache"
    jobs: Annotated[int, "CPU cores to use; 0: all."] = 0


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """Which embeddings come from files of other programs."""

    embeddings: Annotated[list[str], "NAME=FILE, NAME:words=FILE: features from files.", FLAG] = (
        field(default_factory=list)
    )
    missing: Annotated[str, "Images without such features: refuse, or skip."] = "refuse"


@dataclass(frozen=True, kw_only=True)
class Averaging:
    """Over how many augmented versions of each test image probabilities are averaged."""

    tta: Annotated[int, "Augmented copies to average; not for --embeddings."] = 0


@dataclass(frozen=True, kw_only=True)
class Changing:
    """Which changes of acquisition images are shown after, and how strong they are."""

    changes: Annotated[
        str, "Changes, comma-separated, such as noise,blur. Default: all; see docs/robustness.md."
    ] = ""
    severities: Annotated[str, "Severities from 1 to 5, comma-separated."] = "1,2,3,4,5"


@dataclass(frozen=True, kw_only=True)
class Sturdy(Changing):
    """Whether models are compared on changed images, too."""

    robustness: Annotated[bool, "Also compare models on test images after these changes."] = False


@dataclass(frozen=True, kw_only=True)
class Pretraining:
    """Which images an encoder was pretrained on."""

    pretrained_on: Annotated[
        Path | None, "Ids an encoder has seen; --exclude-pretrained leaves them out."
    ] = None
    exclude_pretrained: Annotated[bool, "Images of these test patients are left out."] = False


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Data sets of other hospitals, which nothing is learned from."""

    external: Annotated[
        list[str], "NAME=FOLDER: a data set of another hospital to evaluate on, too.", FLAG
    ] = field(default_factory=list)
    recalibrate: Annotated[
        int, "Recalibrate on this number of patients of each external data set, too; 0: do not."
    ] = 0


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """Data sets of other hospitals that models learn from too."""

    also: Annotated[list[str], "Folder of another data set that models learn from, too.", FLAG] = (
        field(default_factory=list)
    )


@dataclass(frozen=True, kw_only=True)
class InTurn(Pooled):
    """Folds or sites that are the test set in turn."""

    leave_site_out: Annotated[bool, "Each site in turn is the test set; the others train."] = False
    folds: Annotated[int, "Folds by patient; 0: the data set's own split."] = 0

    @property
    def takes_turns(self) -> bool:
        """Whether every image is tested, by several splits."""
        return self.folds > 0 or self.leave_site_out


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How figures are written for a paper; the report shows them whatever their files are."""

    figures: Annotated[str, "Formats of figures, comma-separated: png, svg, pdf."] = "png"
    dpi: Annotated[int, "Dots per inch of PNG figures."] = 300
    figure_width: Annotated[str, "single (89 mm) or double (183 mm) column of a journal."] = (
        "double"
    )


def is_argument(item: Field[Any]) -> bool:
    """Whether an option is a positional argument."""
    hint: Any = item.type
    return item.default is MISSING and FLAG not in hint.__metadata__


def command_of(name: str, options: Any) -> str:
    """The command line with all arguments, and the flags that differ from their defaults."""
    words = ["python", "cli.py", name]
    for item in fields(options):
        value = getattr(options, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if value != default and item.name not in PLACES:
            flag = "" if is_argument(item) else f"--{item.name.replace('_', '-')}"
            words += _typed(flag, value)
    return shlex.join(words)


def _typed(flag: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-", 1)]
    values = list(map(str, value if isinstance(value, list) else [value]))
    return [word for each in values for word in (flag, each)] if flag else values
