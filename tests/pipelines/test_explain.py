import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from datasets import image_files, sources
from errors import BundleUnusable, InvalidOption
from features.extractors.orb_words import OrbWords
from inference import heatmaps
from inference.bundle_options import Explain
from pipelines import explain, train
from pipelines.command_options import Train
from tests import fakes

# Whole commands, whose seconds add up.
pytestmark = pytest.mark.slow

ONE = {"task": "multilabel"}
WORDS = "orb_words.n_words=8 orb_words.image_size=128 orb_words.pyramid=1,2"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Sick films are coarse, well ones fine; a bundle on ORB words has learned to tell."""
    place = tmp_path_factory.mktemp("place")
    fakes.sick_and_well(place / "films", 60, sick=32)
    trained(place, "logistic", "orb_words", set=f"{WORDS} logistic.views=words")
    return place


def trained(place, classifier, extractors, **changes):
    places = {"data": place / "films", "cache": place / "cache", "out": place / classifier}
    train.run(Train(classifier=classifier, extractors=extractors, **(ONE | places | changes)))


@pytest.fixture
def run(place, tmp_path):
    def run(classifier="logistic", **changes):
        places = {"data": place / "films", "cache": place / "cache", "out": tmp_path / "out"}
        options = {"bundle": place / classifier, "n_images": 2}
        return explain.run(Explain(**(places | options | changes)))

    return run


def test_every_image_and_label_has_a_panel_and_a_verdict(run, tmp_path):
    result = run()
    told = [told for image in result.values["films"] for told in image["decisions"]]
    assert len(told) == 4
    for each in told:
        assert (tmp_path / "out" / each["panel"]).read_bytes().startswith(b"\x89PNG")
        assert f"{each['film']}  {each['label']}" in result.text
    assert result.exit_code == 0


def test_embeddings_from_a_file_have_shares_and_a_reason_for_no_gradcam(run, embedded, capsys):
    files = [f"mine={embedded / 'e.npz'}"]
    places = {"data": embedded / "films", "bundle": embedded / "bundle"}
    values = run(**places, embeddings=files).values
    assert values["shares"]["sick"].keys() == {"mine", "orb_words"}
    assert "no gradcam: embeddings of mine come from a file" in capsys.readouterr().err


def test_everything_promised_is_written_and_says_the_same(run, tmp_path):
    values = run().values
    out = tmp_path / "out"
    assert json.loads((out / "explain.json").read_text()) == values
    assert len(pd.read_csv(out / "shares.csv")) == 4
    page = (out / "explain.html").read_text()
    assert page.count("<figure") == 4 + 2
    for name in ("contact_sheet.png", "shares.png", "skipped.csv"):
        assert (out / name).is_file()


def test_probabilities_are_those_of_the_bundle(run, place):
    (image,) = run(n_images=1).values["films"]
    predictor = explain.Predictor(place / "logistic")
    plane = image_files.read(place / "films" / image["id"])
    found = predictor.findings(predictor.views([plane])).calibrated[0]
    told = {each["label"]: each["probability"] for each in image["decisions"]}
    expected = dict(zip(predictor.bundle.labels, found, strict=True))
    assert told == pytest.approx(expected, abs=1e-5)


def test_raw_maps_sum_to_the_attribution_of_words_that_are_there(run, tmp_path):
    values = run(labels="sick").values
    for image, path in zip(values["films"], sorted((tmp_path / "out/maps").iterdir()), strict=True):
        (told,) = image["decisions"]
        with np.load(path, allow_pickle=False) as kept:
            assert kept["labels"].tolist() == ["sick"]
            assert kept["orb_words"].sum() == pytest.approx(told["credit"]["orb_words"], abs=1e-4)


def test_labels_asked_for_are_shown_and_no_others(run):
    images = run(labels="well").values["films"]
    assert [[told["label"] for told in image["decisions"]] for image in images] == [
        ["well"],
        ["well"],
    ]


def test_wrong_calls_come_first_the_worst_of_them_before_others(run):
    values = run(n_images=99, wrong=True).values
    told = [image["decisions"] for image in values["films"]]
    away = [max(map(_wrong_by, decisions)) for decisions in told]
    count = sum(each >= 0 for each in away)
    assert 0 < count < len(away)
    assert away == sorted(away, reverse=True)
    assert values["order"].startswith(f"{count} of {len(away)} images have a wrong call")


def _wrong_by(decision):
    away = decision["probability"] - decision["threshold"]
    return abs(away) if (away >= 0) != decision["truth"] else -1


def test_plain_files_do_without_labels_and_boxes(run, tmp_path):
    fakes.write_picture(tmp_path / "mine.png", size=128)
    values = run(image=[tmp_path / "mine.png"], data=None).values
    (image,) = values["films"]
    assert image["id"] == "mine.png"
    assert {told["truth"] for told in image["decisions"]} == {None}


def test_a_dicom_is_an_image_too(run, tmp_path):
    fakes.write_dicom(tmp_path / "mine.dcm", fakes.picture(0, 128))
    assert run(image=[tmp_path / "mine.dcm"], data=None).values["films"][0]["id"] == "mine.dcm"


def test_an_image_that_cannot_be_read_is_listed_and_the_others_are_shown(run, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    fakes.write_picture(tmp_path / "whole.png", size=128)
    images = [tmp_path / "broken.png", tmp_path / "whole.png"]
    result = run(image=images, data=None)
    assert result.exit_code == 1
    assert [image["id"] for image in result.values["films"]] == ["whole.png"]
    assert pd.read_csv(tmp_path / "out" / "skipped.csv")["id"].tolist() == ["broken.png"]
    alone = run(image=images[:1], data=None)
    assert (alone.exit_code, alone.values["skipped"].keys()) == (1, {"broken.png"})


@pytest.fixture
def counts(monkeypatch):
    """How often an image is decoded and its keypoints are described."""
    counts = Counter()
    count_calls(monkeypatch, counts, image_files, "decoded")
    count_calls(monkeypatch, counts, OrbWords, "describe")
    return counts


def count_calls(monkeypatch, counts, owner, name):
    plain = getattr(owner, name)

    def counted(*given):
        counts[name] += 1
        return plain(*given)

    monkeypatch.setattr(owner, name, counted)


@pytest.mark.parametrize("wrong", [False, True])
@pytest.mark.parametrize("cache", ["warm", "cold"])
def test_explain_decodes_and_describes_each_image_once(run, place, counts, tmp_path, cache, wrong):
    changes = {"cache": tmp_path / "cache"} if cache == "cold" else {}
    shown = int(sources.images_of(Explain(data=place / "films")).test.sum())
    run(**changes, wrong=wrong, n_images=3)
    # Wrong calls are only known once every test image has been looked at.
    first_look = {"decoded": shown, "describe": shown if cache == "cold" else 0}
    # An image of noise is described when a bundle is loaded.
    assert counts == Counter(
        {name: 3 + (first_look[name] if wrong else 0) for name in ("decoded", "describe")}
    ) + Counter(describe=1)


def test_explain_says_the_same_with_and_without_a_cache(run, tmp_path):
    warm, cold = run(), run(cache=tmp_path / "cache")
    assert warm.values["films"] == cold.values["films"]
    assert not (tmp_path / "cache").exists()


def test_a_bundle_without_a_network_says_why_there_is_no_camera(place):
    bundle = explain.Predictor(place / "logistic").bundle
    assert "uses no neural network" in heatmaps.why_no_camera(bundle)


def test_an_unknown_label_method_or_bundle_is_refused(run, tmp_path):
    with pytest.raises(InvalidOption, match=r"gradcam, gradcam\+\+; got 'cam'"):
        run(method="cam")
    with pytest.raises(InvalidOption, match="Lump"):
        run(labels="Lump")
    with pytest.raises(BundleUnusable, match="Make one with `train`"):
        run(bundle=tmp_path)


def test_a_network_shows_where_it_looks_wherever_its_weights_lie_now(run, place, tmp_path):
    from features.runtime import keras

    inputs = keras.Input((32, 32, 3))
    features = keras.layers.Conv2D(4, 3, strides=4, padding="same", activation="relu")(inputs)
    network = place / "network.keras"
    keras.Model(inputs, features).save(network)
    few = f"{WORDS} dual_input.epochs=2"
    trained(place, "dual_input", "keras_file,orb_words", weights=str(network), set=few)
    moved = network.rename(tmp_path / "moved.keras")
    result = run("dual_input", n_images=1, labels="sick", method="gradcam++", weights=str(moved))
    (maps,) = (tmp_path / "out" / "maps").iterdir()
    with np.load(maps, allow_pickle=False) as kept:
        assert kept["gradcam++"].shape == (1, 8, 8)
        assert kept["gradcam++"].min() >= 0
    assert result.values["shares"]["sick"].keys() == {"keras_file", "orb_words"}


def test_options_that_the_bundle_has_no_use_for_are_named(run, place, capsys):
    path = next((place / "films").rglob("*.png"))
    run(image=[path], data=None, method="gradcam++", layer="conv1", weights="FILE", n_images=3)
    said = capsys.readouterr().err
    for name, why in {
        "layer": "this bundle has no Grad-CAM",
        "method": "this bundle has no Grad-CAM",
        "n-images": "where no images are named",
        "weights": "this bundle uses no features of a network",
    }.items():
        assert f"--{name} has no effect" in said
        assert why in said


def test_options_that_are_left_alone_are_not_named(run, capsys):
    run(n_images=1)
    assert "no effect" not in capsys.readouterr().err
