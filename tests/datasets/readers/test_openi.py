import shutil
import tarfile

import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.options import Reading
from datasets.readers.openi import Openi, read_report
from errors import BadTable, DatasetNotFound
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def labels_of(images, image):
    row = images.labels[images.rows(np.array([image], object))[0]]
    return {name: value for name, value in zip(images.label_names, row, strict=True) if value}


def test_terms_are_labels_of_every_image_of_a_report(tmp_path):
    images = read(fakes.openi(tmp_path))
    for name in fakes.OPENI["CXR1"][1]:
        assert labels_of(images, name) == {"No Finding": 1}


def test_a_term_is_matched_by_what_is_before_its_qualifiers(tmp_path):
    images = read(fakes.openi(tmp_path))
    assert labels_of(images, "CXR2_IM-0652-1001") == {"Effusion": 1, "Lung Opacity": 1}
    assert labels_of(images, "CXR4_IM-2050-1001") == {"Cardiomegaly": 1, "Pleural Thickening": 1}


def test_terms_that_a_program_gave_are_no_labels(tmp_path):
    assert "Pneumonia" not in read(fakes.openi(tmp_path)).label_names


def test_a_report_without_terms_of_findings_is_not_negative(tmp_path):
    images = read(fakes.openi(tmp_path))
    assert np.isnan(images.labels[images.ids == "CXR3_IM-1384-1001"]).all()


def test_a_report_is_a_study_of_one_patient(tmp_path):
    images = read(fakes.openi(tmp_path))
    assert images.studies.tolist() == images.patients.tolist()
    assert images.studies.tolist()[:3] == ["CXR1", "CXR1", "CXR2"]


def test_reports_without_images_are_counted(tmp_path):
    assert read(fakes.openi(tmp_path)).notes[0] == "5 reports, 1 of them without images"


def test_without_a_table_of_headers_views_are_unknown_and_that_is_noted(tmp_path):
    images = read(fakes.openi(tmp_path))
    assert set(images.meta["view"]) == {""}
    assert any(note.startswith("views are unknown") for note in images.notes)


def test_views_are_read_from_the_table_of_headers(tmp_path):
    root = fakes.openi(tmp_path)
    table = "imageid,View Position\nCXR1_1_IM-0001-4001,LL\nCXR2_IM-0652-1001,PA\n"
    (root / "nlmcxr_dicom_metadata.csv").write_text(table)
    views = read(root).meta["view"].tolist()
    assert views == ["", "LATERAL", "PA", "", ""]


def test_packed_reports_are_to_be_unpacked_first(tmp_path):
    (tmp_path / "NLMCXR_reports.tgz").touch()
    assert Openi.recognises(tmp_path)
    with pytest.raises(DatasetNotFound, match=r"unpack NLMCXR_reports\.tgz first"):
        read(tmp_path)


SECRET = '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = '<!DOCTYPE e [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("start", [SECRET, LAUGHS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_report_that_declares_entities_is_refused(tmp_path, start, encoding):
    text = fakes.openi_report("CXR1", ["&x;"], [], start).replace("utf-8", encoding)
    (tmp_path / "1.xml").write_bytes(text.encode(encoding))
    with pytest.raises(BadTable, match="XML without a document type"):
        read_report(tmp_path / "1.xml")


@pytest.mark.parametrize("text", ["", "<a>", "no XML", "<eCitation/>"])
def test_a_file_that_is_no_report_is_refused_by_name(tmp_path, text):
    (tmp_path / "7.xml").write_text(text)
    with pytest.raises(BadTable, match=r"7\.xml"):
        read_report(tmp_path / "7.xml")


def test_text_in_pieces_is_one_term(tmp_path):
    path = tmp_path / "1.xml"
    path.write_text(fakes.openi_report("CXR1", ["Calcified &amp; old\n Granuloma"], []))
    assert read_report(path).terms == ["Calcified & old Granuloma"]


@pytest.mark.real
def test_all_real_reports_are_read_as_another_parser_reads_them(real_data, tmp_path):
    from xml.etree import ElementTree

    with tarfile.open(real_data / "tables" / "openi_NLMCXR_reports.tgz") as packed:
        packed.extractall(tmp_path, filter="data")
    source = real_data / "tables" / "openi_dicom_metadata.csv.gz"
    shutil.copy(source, tmp_path / "nlmcxr_dicom_metadata.csv.gz")
    images = Openi.load(tmp_path, Reading(data=tmp_path, images=False))
    paths = sorted((tmp_path / "ecgen-radiology").glob("*.xml"))
    trees = [ElementTree.parse(path).getroot() for path in paths]
    rows = [
        (each.get("id"), {term.text.split("/")[0] for term in tree.iter("major")})
        for tree in trees
        for each in tree.iter("parentImage")
    ]
    assert (len(paths), len(images)) == (3_955, 7_470)
    assert images.ids.tolist() == [name for name, _ in rows]
    enlarged = sum("Cardiomegaly" in terms for _, terms in rows)
    column = images.labels[:, images.label_names.index("Cardiomegaly")]
    assert np.nansum(column) == enlarged
    unlabelled = {"No Indexing", "Technical Quality of Image Unsatisfactory "}
    assert np.isnan(column).sum() == sum(terms <= unlabelled for _, terms in rows)
    views = pd.read_csv(source)["View Position"].value_counts()
    assert abs((images.meta["view"] == "PA").sum() - views["PA"]) <= 2
