"""The fourteen labels of CheXpert's labeller, which MIMIC-CXR-JPG and BRAX have too."""

from pathlib import Path

import pandas as pd

from datasets.labels import Labelled, Policies
from datasets.options import Reading
from errors import BadTable

LABELS = (
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)


def read(frame: pd.DataFrame, table: Path, options: Reading) -> Labelled:
    """The labels of each row; by default blank ones become 0, as in the paper of CheXpert."""
    names = tuple(name for name in LABELS if name in frame)
    if not names:
        raise BadTable(
            f"{table} must have CheXpert's labels as columns, such as {LABELS[1]!r}; it has:"
            f" {', '.join(frame.columns)}. Choose another --format."
        )
    blank = "zeros" if options.blank == "auto" else options.blank
    labels, notes = Policies(options.uncertain, blank).apply(frame[list(names)], table)
    return Labelled(labels, names, notes)
