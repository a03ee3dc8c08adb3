"""A label table and images: an image column, findings joined or one a column."""

from dataclasses import replace
from pathlib import Path

from datasets import label_files
from datasets.files import by_name, find_images
from datasets.images import Films
from datasets.label_tables import films_of_table
from datasets.options import Reading

__all__ = ["GroundTruth"]

TABLE = "Ground_Truth.csv"


class GroundTruth:
    """Reads a folder that holds a label table, `Ground_Truth.csv` or another, and images."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether `Ground_Truth.csv` is there; other tables are tried last."""
        return (root / TABLE).is_file()

    @staticmethod
    def load(root: Path, options: Reading) -> Films:
        """All films of the label table; those without an image file are listed as skipped."""
        images = find_images(root)
        table = label_files.table_of(root, options, images, TABLE)
        films = films_of_table(table, "ground_truth", options)
        notes = (*label_files.chosen(root, table, TABLE), *films.notes)
        films = replace(films, source=root.resolve().name, notes=notes)
        return films.with_images(by_name(films.ids, images), images) if options.images else films
