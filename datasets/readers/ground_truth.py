"""`Ground_Truth.csv` and `xray_images/`: an image column, findings joined or one a column."""

from pathlib import Path

from datasets.files import by_name, find_images
from datasets.films import Films
from datasets.label_tables import films_of_table
from datasets.options import Reading
from errors import DatasetNotFound

__all__ = ["GroundTruth"]

TABLE = "Ground_Truth.csv"


class GroundTruth:
    """Reads a folder that holds `Ground_Truth.csv`, its films anywhere below."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether the label table is there."""
        return (root / TABLE).is_file()

    @staticmethod
    def load(root: Path, options: Reading) -> Films:
        """All films of the label table; those without an image file are listed as skipped."""
        if not GroundTruth.recognises(root):
            raise DatasetNotFound(
                f"The ground_truth layout needs {TABLE} in {root}; there is none."
                " Put the table there, or choose another --format."
            )
        films = films_of_table(root / TABLE, "ground_truth", options)
        return films.with_images(by_name(films.ids, find_images(root))) if options.images else films
