import json

import datasets.readers
import features.extractors
import models.classifiers
import registry
from pipelines import listing


def test_every_plug_in_stands_in_text_and_json():
    result = listing.listed(["classifiers", "extractors"])
    for kind, package in (("classifiers", models.classifiers), ("extractors", features.extractors)):
        assert list(result.values[kind]) == registry.names(package)
        assert all(f"\n{name}: " in f"\n{result.text}" for name in registry.names(package))
    assert json.loads(json.dumps(result.values)).keys() == result.values.keys()


def test_options_stand_with_default_and_values():
    result = listing.listed(["classifiers"])
    assert "loss=bce (bce, focal or hybrid)" in result.text
    assert "views=deep,words" in result.text
    told = result.values["classifiers"]["cnn"]["options"]
    assert told["loss"] == {"default": "bce", "values": ["bce", "focal", "hybrid"]}
    assert told["epochs"] == {"default": 100}


def test_losses_have_a_line_each_and_only_where_a_plug_in_takes_one():
    assert "Values of loss\n  bce: Binary cross-entropy." in listing.listed(["classifiers"]).text
    assert "loss" not in listing.listed(["extractors"]).values["values"]


def test_no_line_is_wider_than_a_screen_and_no_option_is_broken():
    text = listing.listed(["classifiers", "extractors"]).text
    assert max(map(len, text.splitlines())) <= listing.WIDTH
    assert "class_weights=none (none, balanced or softened)" in text


def test_formats_stand_with_the_options_that_only_some_of_them_have():
    result = listing.listed(["formats"])
    assert list(result.values["formats"]) == registry.names(datasets.readers)
    assert result.values["options"]["relabels"]["formats"] == ["nih"]
    assert max(map(len, result.lines)) <= listing.WIDTH
