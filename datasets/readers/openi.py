"""OpenI (Indiana University): reports in XML with MeSH terms, and images that they name."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pandas as pd

import storage
from datasets import named_findings
from datasets.files import by_name, find_images
from datasets.images import Images, unknown_meta
from datasets.labels import read_meta
from datasets.options import Reading
from datasets.tables import need_column, read_table
from errors import BadTable, DatasetNotFound

__all__ = ["Openi"]

FOLDER, PACKED = "ecgen-radiology", "NLMCXR_reports.tgz"
# torchxrayvision's table of DICOM headers, since reports name no views.
HEADERS = "*dicom_metadata.csv*"
MAX_BYTES = 1_000_000
# Terms on the report or on the picture, none of which is a finding.
NO_FINDINGS = ("No Indexing", "Technical Quality of Image Unsatisfactory")


@dataclass
class Report:
    """A report's id, the MeSH terms that people gave it, and the ids of its images."""

    id: str = ""
    terms: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


class Openi:
    """Reads a folder with the reports in `ecgen-radiology/`, and images in it or below."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are reports, unpacked or not."""
        return any((root / FOLDER).glob("*.xml")) or (root / PACKED).is_file()

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images that reports name; a report without terms of findings is not a negative."""
        reports = _reports(root)
        rows = [(image, report) for report in reports for image in report.images]
        ids = np.array([image for image, _ in rows], object)
        owners = np.array([report.id for _, report in rows], object)
        said = {report.id: _said(report) for report in reports}
        labelled = named_findings.labelled([said[name] for name in owners], "openi", options.map)
        meta, notes = _meta(root, ids)
        without = sum(not report.images for report in reports)
        images = Images(
            source=root.resolve().name,
            format="openi",
            ids=ids,
            paths=np.full(len(ids), "", object),
            patients=owners,
            studies=owners,
            labels=labelled.labels,
            label_names=labelled.names,
            meta=meta,
            notes=(
                f"{len(reports):,} reports, {without:,} of them without images",
                *(*labelled.notes, *notes),
            ),
        )
        if not options.images:
            return images
        files = find_images(root)
        return images.with_images(by_name(images.ids, files), files)


def read_report(path: Path) -> Report:
    """The report in an XML file; files with declarations of entities or types are refused."""
    report, place, text = Report(), [""], [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        place.append(name)
        text.append("")
        if name == "uId":
            report.id = attributes.get("id", "")
        elif name == "parentImage":
            report.images.append(attributes.get("id", ""))

    def characters(more: str) -> None:
        text[-1] += more

    def end(name: str) -> None:
        place.pop()
        term = " ".join(text.pop().split())
        if name == "major" and place[-1] == "MeSH" and term:
            report.terms.append(term)

    def refuse(*_: object) -> None:
        raise BadTable(
            f"A report must be XML without a document type; {path} declares one, which can name"
            " files on this machine or fill its memory. Remove the file, or download it again."
        )

    # Expat resolves no external entities; without a document type there are no others.
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, refuse
    try:
        parser.Parse(storage.read_bytes(path, MAX_BYTES), True)
    except (OSError, expat.ExpatError) as error:
        raise BadTable(
            f"A report must be an XML file; {path} cannot be read as one: {error}. Remove the file,"
            " or download it again."
        ) from error
    if not report.id or not all(report.images):
        raise BadTable(
            f"A report must have an id, and so must its images; {path} lacks one. Remove the file,"
            " or download it again."
        )
    return report


def _reports(root: Path) -> list[Report]:
    paths = sorted((root / FOLDER).glob("*.xml"))
    if not paths:
        packed = f"; unpack {PACKED} first" * (root / PACKED).is_file()
        raise DatasetNotFound(
            f"OpenI needs its reports, {FOLDER}/*.xml, in {root}; there are none{packed}. Type"
            f" tar -xzf {PACKED} in that folder, or choose another --format."
        )
    return [read_report(path) for path in paths]


def _said(report: Report) -> list[str] | None:
    """The terms of findings in a report; None if it has none, which does not mean normal."""
    return [term for term in report.terms if term not in NO_FINDINGS] or None


def _meta(root: Path, ids: np.ndarray) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The view of each image where a table of headers is there, and a note on it."""
    tables = sorted(root.glob(HEADERS))
    if not tables:
        return unknown_meta(len(ids)), (
            "views are unknown, and about half of OpenI's images are lateral: --views needs"
            " torchxrayvision's nlmcxr_dicom_metadata.csv.gz in this folder",
        )
    frame = read_table(tables[0])
    key = need_column(frame, tables[0], "imageid")
    frame = frame.drop_duplicates(key).set_index(key).reindex(ids).fillna("")
    meta = read_meta(frame)
    known = (meta["view"] != "").sum()
    return meta, (f"views of {known:,} images are in {tables[0].name}",)
