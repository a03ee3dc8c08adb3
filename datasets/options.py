"""How films are to be read: the flags every command with `--data` shares, and their defaults."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints


def listed(text: str) -> list[str]:
    """Names separated by commas, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _paths_of(options: type) -> tuple[str, ...]:
    """The options of a class that are a path or several."""
    hints = get_type_hints(options)
    return tuple(name for name, hint in hints.items() if Path in (hint, *get_args(hint)))


def _path(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_path(each) for each in given]
    return Path(given) if isinstance(given, str) else given


@dataclass(frozen=True)
class Reading:
    """Which films, in which layout, under which policies and split; paths may be strings."""

    data: Annotated[Path | None, "Folder with the films; without it the drawn films."] = None
    format: Annotated[
        str, "Layout of the folder: auto, nih, chexpert, ground_truth, folders or dicom."
    ] = "auto"
    images: Annotated[bool, "Look for the image files, or read the label table alone."] = True
    split: Annotated[
        str,
        "auto (the data set's own, else random), given, random, a folder with lists, or a split"
        " saved as JSON.",
    ] = "auto"
    seed: Annotated[int, "Seed of everything random."] = 0
    views: Annotated[str, "all, frontal, lateral, PA or AP."] = "all"
    findings: Annotated[str, "Keep these labels only, separated by commas."] = ""
    uncertain: Annotated[
        str, "What -1 becomes: ignore, ones or zeros; per label as `ignore,Edema=ones`."
    ] = "ignore"
    blank: Annotated[
        str, "What an empty label becomes, likewise; auto: zeros in CheXpert, ignore elsewhere."
    ] = "auto"
    patient_pattern: Annotated[
        str,
        "Regular expression for file names, its first group the patient, where no table or header"
        " names one.",
    ] = ""
    label_table: Annotated[Path | None, "CSV with an image column and findings."] = None

    def __post_init__(self) -> None:
        for name in _paths_of(type(self)):
            object.__setattr__(self, name, _path(getattr(self, name)))
