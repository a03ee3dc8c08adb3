from dataclasses import replace

import pandas as pd

from datasets import sources
from inference import known_metadata
from tests import fakes


def images_of(*paths):
    return sources.images_of_files(paths, ["sick"])


def test_dicom_tags_tell_what_nothing_else_does(tmp_path, capsys):
    tags = {"PatientAge": "070Y", "PatientSex": "F", "ViewPosition": "PA"}
    path = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0, 128), **tags)
    known = known_metadata.known(images_of(path)).meta
    assert known.iloc[0].to_dict() == {"age": 70, "sex": "F", "view": "PA"}
    assert capsys.readouterr().err == ""


def test_images_of_which_nothing_is_known_are_counted_in_one_warning(tmp_path, capsys):
    tags = {"PatientAge": "070Y", "PatientSex": "F", "ViewPosition": "PA"}
    dicom = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0, 128), **tags)
    plain = [tmp_path / "a.png", tmp_path / "broken.dcm"]
    plain[1].write_bytes(b"no film")
    known = known_metadata.known(images_of(dicom, *plain)).meta
    assert known["sex"].tolist() == ["F", "", ""]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("age, sex and view; none of them is known for 2 of 3 images")


def test_what_a_label_table_told_is_left_as_it_is(tmp_path):
    tags = {"PatientSex": "F"}
    path = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0, 128), **tags)
    told = pd.DataFrame({"age": [50.0], "sex": ["M"], "view": ["AP"]})
    images = replace(images_of(path), meta=told)
    assert known_metadata.known(images).meta.equals(told)


def test_no_image_is_no_warning(capsys):
    assert len(known_metadata.known(images_of()).meta) == 0
    assert capsys.readouterr().err == ""
