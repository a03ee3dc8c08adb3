import numpy as np
import pytest

from datasets import image_files, sources
from errors import BadSplit
from features.extractors.orb_words import OrbWords
from pipelines import asked_features, extract
from pipelines.command_options import Extract
from tests import fakes
from tests.forgeries import NETWORK_FILE

SMALL = "orb_words.n_words=8 orb_words.image_size=128 orb_words.sample_images=6"


@pytest.mark.slow
def test_features_are_those_of_the_extractor_itself(root, tmp_path):
    """The whole way through threads, parts and files against a plain fit and transform."""
    options = Extract(data=root, extractors="orb_words", set=SMALL, cache=tmp_path / "cache")
    images = sources.images_of(options)
    extracted = asked_features.extract(images, options)
    found = extracted.features("orb_words")
    (branch,) = extracted.branches.values()
    plain = OrbWords(n_words=8, image_size=128, sample_images=6)
    plain.words_ = branch.extractor.words_
    planes = [image_files.read(path) for path in images.paths]
    np.testing.assert_array_equal(found.values, plain.transform(planes))
    assert found.ids.tolist() == images.ids.tolist()


@pytest.mark.slow
def test_a_file_in_a_networks_place_is_shown_first_and_noted_for_reports(root, tmp_path, capsys):
    places = {"data": root, "cache": tmp_path / "cache", "out": tmp_path / "out"}
    options = Extract(extractors="resnet50", weights=str(NETWORK_FILE), **places)
    extract.run(options)
    sentence = f"{NETWORK_FILE} holds another network than resnet50"
    assert capsys.readouterr().err.splitlines()[1].startswith(sentence)
    extracted = asked_features.extract(sources.images_of(options), options)
    assert any(note.startswith(sentence) for note in extracted.images.notes)


def test_a_split_without_validation_images_is_refused():
    with pytest.raises(BadSplit, match="needs validation images"):
        asked_features.check_sets(fakes.images(np.zeros((4, 1))))
