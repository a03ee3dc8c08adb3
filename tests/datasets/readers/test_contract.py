"""What holds for every reader; a new one needs a fake data set in tests/fakes.py, no test."""

from pathlib import Path

import numpy as np
import pytest

import registry
from datasets import readers
from datasets.options import Reading
from errors import DatasetNotFound
from tests import fakes

pytestmark = pytest.mark.usefixtures("no_images_in_the_project")
NAMES = registry.names(readers)


@pytest.fixture(params=NAMES)
def layout(request):
    return request.param


@pytest.fixture
def images(layout, tmp_path):
    root = fakes.LAYOUTS[layout](tmp_path / "films")
    return registry.load(readers, layout).load(root, Reading())


def test_every_reader_has_a_fake_data_set():
    assert set(fakes.LAYOUTS) == set(NAMES)


def test_labels_are_one_zero_or_unreported(images):
    assert images.labels.dtype == np.float32
    assert np.isin(images.labels[~np.isnan(images.labels)], (0, 1)).all()


def test_the_format_is_the_name_typed(images, layout):
    assert images.format == layout


def test_every_image_has_a_file(images):
    assert len(images) > 0
    assert all(Path(path).stat().st_size for path in images.paths)


def test_every_image_has_a_patient(images):
    assert all(isinstance(name, str) and name for name in images.patients)


def test_the_images_of_a_study_are_of_one_patient(images):
    studies = images.ids if images.studies is None else images.studies
    pairs = set(zip(studies, images.patients, strict=True))
    assert len(pairs) == len(set(studies))


def test_a_folder_without_its_table_is_refused_by_name(layout, tmp_path):
    with pytest.raises(DatasetNotFound, match=tmp_path.name):
        registry.load(readers, layout).load(tmp_path, Reading())


def test_an_empty_folder_is_not_recognised(layout, tmp_path):
    assert not registry.load(readers, layout).recognises(tmp_path)


def test_reading_twice_gives_the_same(layout, tmp_path):
    root = fakes.LAYOUTS[layout](tmp_path / "films")
    first, again = (registry.load(readers, layout).load(root, Reading()) for _ in range(2))
    assert first.ids.tolist() == again.ids.tolist()
    np.testing.assert_array_equal(first.labels, again.labels)
