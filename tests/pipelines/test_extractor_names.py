import features.extractors
import registry
from features.image_features import ImageFeatures
from pipelines import extractor_names
from pipelines.extractor_names import classical, extractors_listed


def test_names_are_listed_once_in_their_order():
    assert extractors_listed("sift_words, orb_words,sift_words,") == ["sift_words", "orb_words"]


def test_classical_stands_for_all_hand_crafted_extractors_where_it_is_listed():
    names = extractors_listed("resnet50,classical,orb_words")
    assert names[0] == "resnet50"
    assert {"hog", "lbp", "glcm", "gabor", "dense_sift_fisher", "akaze_words"} < set(names)
    assert not {"pixels", "densenet121", "classical"} & set(names)
    assert len(names) == len(set(names))


def test_the_class_that_they_have_in_common_exists():
    assert ImageFeatures.__name__ == extractor_names.ANCESTOR


def test_every_one_of_them_is_made_without_weights():
    made = [registry.load(features.extractors, name)() for name in classical()]
    assert not any("weights" in each.get_params() for each in made)
