import json
import os
import time

import numpy as np
import pytest

from features.recipe import digest_of_ids
from models.bundle_manifest import seal
from pipelines import replacing
from pipelines.command_options import Train
from tests import fakes

IMAGES = fakes.images(np.zeros((4, 2)))
DAY = time.mktime((2026, 11, 26, 15, 30, 0, 0, 0, -1))


@pytest.fixture
def options(tmp_path):
    return Train(classifier="logistic", out=tmp_path / "bundle")


@pytest.fixture
def write(options):
    def write(**changes):
        recipe = {"trained_on": digest_of_ids(IMAGES.ids[IMAGES.train])}
        view = {"kind": "words", "recipe": recipe, "options": {}}
        told = {"classifier": "logistic", "data": "made up", "split": IMAGES.split_name}
        told |= {"options": {}, "labels": ["label0", "label1"], "thresholds": [0.5, 0.5]}
        options.out.mkdir()
        seal(options.out, told | {"views": {"orb_words": view}} | changes)
        os.utime(options.out / "bundle.json", (DAY, DAY))

    return write


def test_where_no_bundle_is_nothing_is_kept_or_shown(options, capsys):
    assert replacing.announced(IMAGES, options) is None
    assert capsys.readouterr().err == ""


def test_the_same_training_again_replaces_its_bundle_and_names_it(options, write, capsys):
    write()
    assert replacing.announced(IMAGES, options) is None
    shown = capsys.readouterr().err
    assert "holds a logistic bundle trained on made up, written 2026-11-26 15:30" in shown
    assert "the new bundle will replace it" in shown


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"classifier": "cnn"}, "differs in classifier,"),
        ({"data": "others"}, "differs in data set,"),
        ({"labels": ["label0", "Mass"]}, "differs in labels,"),
        ({"data": "others", "classifier": "cnn"}, "differs in classifier and data set,"),
        ({"views": 7}, "differs in format,"),
    ],
)
def test_a_bundle_of_another_training_is_kept_under_its_date(options, write, capsys, changes, why):
    write(**changes)
    assert replacing.announced(IMAGES, options) == options.out.with_name("bundle-2026-11-26-1530")
    assert f"{why} so it will be kept as" in (shown := capsys.readouterr().err)
    assert "bundle-2026-11-26-1530" in shown


def test_other_images_in_a_folder_of_the_same_name_are_another_data_set(options, write, capsys):
    recipe = {"trained_on": digest_of_ids(np.array(["another"]))}
    write(views={"orb_words": {"kind": "words", "recipe": recipe, "options": {}}})
    assert replacing.announced(IMAGES, options)
    assert "differs in data set" in capsys.readouterr().err


def test_another_split_of_the_same_data_set_replaces_the_bundle(options, write):
    recipe = {"trained_on": digest_of_ids(np.array(["another"]))}
    view = {"kind": "words", "recipe": recipe, "options": {}}
    write(views={"orb_words": view}, split="random, seed 1")
    assert replacing.announced(IMAGES, options) is None


def test_a_bundle_that_is_kept_already_is_not_overwritten(options, write):
    write(classifier="cnn")
    for taken in ("bundle-2026-11-26-1530", "bundle-2026-11-26-1530-2"):
        options.out.with_name(taken).mkdir()
    assert replacing.announced(IMAGES, options).name == "bundle-2026-11-26-1530-3"
    assert json.loads((options.out / "bundle.json").read_text())["classifier"] == "cnn"
