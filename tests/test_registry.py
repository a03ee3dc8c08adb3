import pytest

import registry
from datasets import readers
from errors import UnknownPlugin


def test_a_plug_in_is_found_by_its_file_name():
    assert "nih" in registry.names(readers)
    assert registry.load(readers, "nih").__name__ == "Nih"


def test_an_unknown_name_is_refused_with_the_nearest_and_all_of_them():
    with pytest.raises(UnknownPlugin, match=r"did you mean folders.*chexpert, dicom, folders"):
        registry.load(readers, "folder")


def test_where_nothing_is_near_the_sentence_goes_on():
    with pytest.raises(UnknownPlugin, match=r"have no ''; choose from: brax"):
        registry.load(readers, "")


def test_every_plug_in_offers_exactly_one_object():
    for name in registry.names(readers):
        assert registry.load(readers, name).__module__ == f"datasets.readers.{name}"


def test_an_object_knows_the_plug_in_that_made_it():
    made = registry.load(readers, "nih")
    assert registry.name_of(readers, made.__new__(made)) == "nih"
    assert registry.name_of(readers, object()) == ""
