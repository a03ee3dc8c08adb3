"""A label table with images: an image column, and findings joined or in columns of 0 and 1."""

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
    """Reads a folder with images and a label table, `Ground_Truth.csv` or another."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there is a `Ground_Truth.csv`; other tables are tried last."""
        return (root / TABLE).is_file()

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images of the label table; those without an image file are listed as skipped."""
        files = find_images(root)
        table = label_files.table_of(root, options, files, TABLE)
        images = images_of_table(table, "ground_truth", options)
        notes = (*label_files.chosen(root, table, TABLE), *images.notes)
        images = replace(images, source=root.resolve().name, notes=notes)
        return images.with_images(by_name(images.ids, files), files) if options.images else images
