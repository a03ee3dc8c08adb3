"""A label table and images: an image column, findings joined or one a column."""

from dataclasses import replace
from pathlib import Path

from datasets import label_files
from datasets.files import by_name, find_images
from datasets.images import Images
from datasets.label_tables import images_of_table
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
    def load(root: Path, options: Reading) -> Images:
        """All films of the label table; those without an image file are listed as skipped."""
        files = find_images(root)
        table = label_files.table_of(root, options, files, TABLE)
        images = images_of_table(table, "ground_truth", options)
        notes = (*label_files.chosen(root, table, TABLE), *images.notes)
        images = replace(images, source=root.resolve().name, notes=notes)
        return images.with_images(by_name(images.ids, files), files) if options.images else images
