from dataclasses import replace

import numpy as np
import pytest

from datasets import image_files, sources
from errors import BadSplit
from features.extractors.orb_words import OrbWords
from pipelines import asked_features, extract
from pipelines.command_options import Extract
from tests import fakes
from tests.features import embedded
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


def test_images_that_an_encoder_was_pretrained_on_are_counted_or_left_out(root, tmp_path):
    plain = asked_features.images_of(Extract(data=root))
    (tmp_path / "seen.txt").write_text(f"{plain.ids[plain.test][0]}\n")
    options = {"data": root, "pretrained_on": tmp_path / "seen.txt"}
    counted = asked_features.images_of(Extract(**options))
    assert any("lists 1 image of 1 patient" in note for note in counted.notes)
    kept = asked_features.images_of(Extract(**options, exclude_pretrained=True))
    assert (plain.test.sum(), kept.test.sum()) == (2, 1)
    assert kept.train.sum() == plain.train.sum()


def test_without_extractors_image_files_are_read_for_their_digests_alone(root, tmp_path):
    images = sources.images_of(Extract(data=root))
    values = np.arange(2 * len(images)).reshape(-1, 2)
    embedded.csv(tmp_path / "e.csv", images.ids, values)
    files = [f"mine={tmp_path / 'e.csv'}", f"other:words={tmp_path / 'e.csv'}"]
    options = Extract(data=root, extractors="", embeddings=files, cache=tmp_path / "cache")
    extracted = asked_features.extract(images, options)
    assert len(set(extracted.keys())) == len(images)
    assert asked_features.kinds(extracted) == {"mine": "deep", "other": "words"}
    np.testing.assert_array_equal(extracted.features("mine").values, values)


def test_embeddings_from_a_file_come_first_and_visual_words_last(root, tmp_path):
    images = sources.images_of(Extract(data=root))
    embedded.csv(tmp_path / "e.csv", images.ids, np.ones((len(images), 2)))
    files = [f"other:words={tmp_path / 'e.csv'}", f"mine={tmp_path / 'e.csv'}"]
    options = Extract(data=root, extractors="orb_words", embeddings=files, set=SMALL)
    extracted = asked_features.extract(images, replace(options, cache=tmp_path / "cache"))
    assert extracted.names == ["mine", "orb_words", "other"]


def test_a_split_without_validation_images_is_refused():
    with pytest.raises(BadSplit, match="needs validation images"):
        asked_features.check_sets(fakes.images(np.zeros((4, 1))))
