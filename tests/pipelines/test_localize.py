import json

import numpy as np
import pandas as pd
import pytest

from datasets import sources
from errors import InvalidOption
from inference.bundle_options import Localize
from pipelines import localize, train
from pipelines.command_options import Train
from tests import boxed
from tests.features import embedded

pytestmark = pytest.mark.slow

WORDS = (
    "dense_sift_words.n_words=8 dense_sift_words.image_size=128 dense_sift_words.step=4"
    " logistic.views=words"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Films with boxes, and a bundle of words that has learned what a mass is made of."""
    place = tmp_path_factory.mktemp("place")
    boxed.write(place / "films", n_images=88)
    places = {"data": place / "films", "cache": place / "cache", "out": place / "bundle"}
    train.run(Train(classifier="logistic", extractors="dense_sift_words", set=WORDS, **places))
    return place


@pytest.fixture
def run(place, tmp_path):
    def run(**changes):
        places = {"data": place / "films", "cache": place / "cache", "out": tmp_path / "out"}
        options = {"bundle": place / "bundle", "replicates": 100}
        return localize.run(Localize(**(places | options | changes)))

    return run


@pytest.fixture(scope="module")
def checked(place, tmp_path_factory):
    """A run with sanity checks, and its folder."""
    out = tmp_path_factory.mktemp("out")
    places = {"data": place / "films", "cache": place / "cache", "bundle": place / "bundle"}
    return localize.run(Localize(**places, out=out, replicates=100, sanity=True)), out


def test_a_method_that_sees_the_finding_beats_every_blind_guess(checked):
    looks = checked[0].values["rows"]["Mass"]["looks"]
    assert looks["dense_sift_words"]["hit"]["value"] > 0.9
    assert looks["dense_sift_words − prior"]["hit"]["ci"][0] > 0
    assert "more often than that of the location prior" in checked[0].text.splitlines()[0]


def test_words_are_scored_beside_embeddings_from_a_file(place, run, tmp_path):
    films = sources.images_of(Localize(data=place / "films"))
    values = np.random.default_rng(0).normal(size=(len(films), 2))
    embedded.npz(tmp_path / "e.npz", films.ids, values)
    files = {"embeddings": [f"mine={tmp_path / 'e.npz'}"]}
    places = {"data": place / "films", "cache": place / "cache", "out": tmp_path / "bundle"}
    options = {"classifier": "logistic", "extractors": "dense_sift_words", "set": f"{WORDS},deep"}
    train.run(Train(**options, **places, **files))
    found = run(bundle=tmp_path / "bundle", **files)
    assert found.values["methods"] == ["dense_sift_words"]
    with pytest.raises(InvalidOption, match="Leave --sanity out"):
        run(bundle=tmp_path / "bundle", **files, sanity=True)


def test_test_images_alone_are_scored_and_nothing_else_is_said_of_them(checked):
    values = checked[0].values
    assert values["rows"]["all"]["films"] == 22
    assert values["notes"] == ["left out: boxes of labels that the bundle does not know, Goitre 1"]


def test_maps_change_with_shuffled_weights_and_their_strongest_region_matters(checked):
    sanity = checked[0].values["sanity"]
    assert sanity["after_shuffling"]["dense_sift_words"]["correlation"]["ci"][1] < 0.5
    deleted = sanity["after_deletion"]["dense_sift_words"]
    assert deleted["more"]["ci"][0] > 0
    assert "after blurring the region of most attribution" in checked[0].text


def test_table_values_and_plot_say_the_same(checked):
    result, out = checked
    assert json.loads((out / "localize.json").read_text()) == result.values
    table = pd.read_csv(out / "localize.csv").set_index(["finding", "look", "figure"])
    told = result.values["rows"]["Mass"]["looks"]["prior"]["iou"]
    assert table.loc[("Mass", "prior", "iou")].tolist() == [told["value"], *told["ci"]]
    assert (out / "hit_rates.png").read_bytes().startswith(b"\x89PNG")


def test_images_that_the_bundle_learned_from_are_scored_only_on_demand_and_it_is_said(run):
    values = run(part="all").values
    assert values["rows"]["all"]["films"] == 44
    assert any("include training or validation images" in note for note in values["notes"])


def test_images_of_another_split_may_have_been_seen_and_it_is_said(run):
    notes = run(split="random").values["notes"]
    assert any("it is not known" in note for note in notes)


def test_without_a_box_to_score_there_is_one_clear_sentence(run, place):
    with pytest.raises(InvalidOption, match=r"needs images with boxes .* list of boxes by --data"):
        run(findings="No Finding", part="test")
    with pytest.raises(InvalidOption, match="--part must be one of test, validation, all"):
        run(part="train")


def test_too_few_replicates_are_refused_before_any_image_is_read(run, tmp_path):
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates; got 5"):
        run(data=tmp_path / "nowhere", replicates=5)


def test_an_image_that_cannot_be_read_is_skipped_and_the_others_are_scored(run, place, tmp_path):
    images = tmp_path / "films"
    boxed.write(images)
    (images / "images" / "00000059_000.png").write_bytes(b"no film")
    result = run(data=images)
    assert result.exit_code == 1
    assert result.values["rows"]["all"]["films"] == 14
    assert "00000059_000.png" in (tmp_path / "out" / "skipped.csv").read_text()


def test_every_branch_of_a_network_is_scored_and_checked(place, tmp_path):
    from features.runtime import keras

    inputs = keras.Input((32, 32, 3))
    features = keras.layers.Conv2D(4, 8, strides=8, activation="relu")(inputs)
    keras.Model(inputs, features).save(tmp_path / "net.keras")
    images = {"data": place / "films", "cache": tmp_path / "cache"}
    extractors = {"extractors": "resnet50,dense_sift_words", "weights": str(tmp_path / "net.keras")}
    words = WORDS.removesuffix(" logistic.views=words")
    options = {"classifier": "dual_input", "set": f"{words} dual_input.epochs=2"}
    train.run(Train(**images, **extractors, **options, out=tmp_path / "bundle"))
    places = {"bundle": tmp_path / "bundle", "out": tmp_path / "out"}
    values = localize.run(Localize(**images, **places, replicates=100, sanity=True)).values
    methods = ["gradcam", "gradcam++", "dense_sift_words"]
    assert values["methods"] == methods
    for check in values["sanity"].values():
        assert list(check) == methods
    # A box of 48 pixels is smaller than a cell of none of these maps.
    assert values["rows"]["Mass"]["coarse"] == []
