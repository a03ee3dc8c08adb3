"""What is known of the films to judge by must not reach what is learned: each way in, tried."""

import json

import numpy as np
import pandas as pd
import pytest

from datasets import sources
from errors import BadSplit
from models import bundle
from models.views import Block, Views
from pipelines import asked_features, compare, train
from pipelines.command_options import Compare, Data, Extract, Train
from tests import fakes

SMALL = "orb_words.n_words=8 orb_words.image_size=128 logistic.views=words"
PARTS = ("train", "train", "val", "test")
WORDS = ("orb_words", "sift_words", "dense_sift_words", "dense_sift_fisher")


def made(root, changed="", owner=lambda number: f"p{number}", pixels=True):
    """64 films, some coarse; those of one part have other labels, and other pixels, if asked."""
    rows = ["image,patient,split,coarse"]
    (root / "xray_images").mkdir(parents=True)
    for number in range(64):
        part, other = PARTS[number % 4], PARTS[number % 4] == changed
        coarse = (number // 4 % 2) ^ (other and pixels)
        name = f"f{number}.png"
        picture = fakes.picture(number + 100 * (other and pixels), 32 if coarse else 128)
        fakes.Image.fromarray(picture).save(root / "xray_images" / name)
        rows.append(f"{name},{owner(number)},{part},{int(number % 3 == 0) ^ other}")
    (root / "Ground_Truth.csv").write_text("\n".join(rows) + "\n")
    return root


def trained(root, place, classifier, **changes):
    options = {"extractors": "orb_words", "set": SMALL, "cache": place / "cache"} | changes
    train.run(Train(data=root, classifier=classifier, out=place / "bundle", **options))
    return bundle.load(place / "bundle")


def said(learned):
    """Everything a bundle says of films that are always the same."""
    planes = [fakes.picture(number, 128) for number in range(8)]
    extractors = {name: view.extractor() for name, view in learned.views.items()}
    views = Views(
        {
            name: Block(extractor.transform(planes), learned.views[name].kind)
            for name, extractor in extractors.items()
        }
    )
    found = learned.findings(views)
    return np.concatenate([found.raw, found.calibrated, learned.thresholds[None]])


def lists_that_share(root):
    fakes.nih(root)
    lists = {"train_val_list.txt": [0, 2, 3], "test_list.txt": [1, 4, 5]}
    for name, rows in lists.items():
        (root / name).write_text("\n".join(fakes.NIH_IDS[row] for row in rows))
    return Data(data=root)


def column_that_shares(root):
    return Data(data=made(root, owner=lambda number: f"p{number // 2}"))


def saved_split_that_shares(root):
    path = fakes.nih(root) / "split.json"
    parts = zip(("train", "validation", "test"), ([0, 2], [3], [1, 4, 5]), strict=True)
    told = {part: [fakes.NIH_IDS[row] for row in rows] for part, rows in parts}
    path.write_text(json.dumps({"name": "mine", **told}))
    return Data(data=root, split=str(path))


@pytest.mark.parametrize("planted", [lists_that_share, column_that_shares, saved_split_that_shares])
def test_a_patient_in_two_parts_is_refused(tmp_path, planted):
    with pytest.raises(BadSplit, match="Each patient must be in one set"):
        sources.images_of(planted(tmp_path / "films"))


def test_an_image_on_two_lists_is_refused(tmp_path):
    root = fakes.nih(tmp_path)
    (root / "test_list.txt").write_text("\n".join(fakes.NIH_IDS[3:]))
    with pytest.raises(BadSplit, match="must be on one list"):
        sources.images_of(Data(data=root))


@pytest.mark.slow
def test_training_tells_of_a_test_image_that_is_a_training_image_by_another_name(tmp_path, capsys):
    root = made(tmp_path / "films")
    images = root / "xray_images"
    (images / "f3.png").write_bytes((images / "f0.png").read_bytes())
    trained(root, tmp_path, "logistic")
    assert "2 images have the same file as an image in another set" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", WORDS)
def test_vocabularies_learn_from_training_images_alone(tmp_path, name):
    root = made(tmp_path / "films")
    images = sources.images_of(Data(data=root))
    few = "n_components=4 n_gaussians=2" if name == "dense_sift_fisher" else "n_words=8"
    settings = " ".join(f"{name}.{each}" for each in (few + " image_size=128").split())
    options = Extract(data=root, extractors=name, set=settings, cache=tmp_path / "cache")
    extracted = asked_features.extract(images, options)
    keys = np.array(extracted.keys())
    learned_from = set(extracted.branches[name].extractor.learned_from_)
    assert learned_from
    assert learned_from <= set(keys[images.train])


@pytest.mark.slow
def test_another_split_has_a_vocabulary_of_its_own(tmp_path):
    root = made(tmp_path / "films")
    folders = [
        asked_features.extract(sources.images_of(options), options)
        .branches["orb_words"]
        .store.folder
        for split in ("given", "random")
        for options in [
            Extract(
                data=root,
                split=split,
                extractors="orb_words",
                set=SMALL.rpartition(" ")[0],
                cache=tmp_path / "cache",
            )
        ]
    ]
    assert folders[0] != folders[1]


@pytest.mark.parametrize(
    "classifier",
    [
        pytest.param("logistic", marks=pytest.mark.slow),
        pytest.param("xgboost", marks=pytest.mark.long),
        pytest.param("dual_input", marks=pytest.mark.long),
        pytest.param("late_fusion", marks=pytest.mark.long),
    ],
)
def test_other_test_images_and_labels_change_nothing_that_is_learned(tmp_path, classifier):
    options = {}
    if classifier != "logistic":
        options = {"extractors": "small_resnet,orb_words", "weights": "random", "image_size": 32}
        options["set"] = SMALL.rpartition(" ")[0]
    first, second = (
        said(
            trained(
                made(tmp_path / name / "films", changed), tmp_path / name, classifier, **options
            )
        )
        for name, changed in (("as it is", ""), ("changed", "test"))
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.slow
def test_other_validation_images_do_change_calibration_and_thresholds(tmp_path):
    first, second = (
        trained(made(tmp_path / name / "films", changed), tmp_path / name, "logistic")
        for name, changed in (("as it is", ""), ("changed", "val"))
    )
    assert first.calibration.slopes != second.calibration.slopes
    assert first.thresholds != second.thresholds


@pytest.mark.long
@pytest.mark.parametrize("folds", [0, 4])
def test_other_test_labels_change_no_probability_that_is_compared(tmp_path, folds):
    said = []
    for name, changed in (("as it is", ""), ("changed", "test")):
        root = made(tmp_path / name / "films", changed, pixels=False)
        options = {
            "classifiers": "logistic",
            "baseline": "logistic",
            "set": SMALL,
            "replicates": 50,
        }
        places = {"data": root, "cache": tmp_path / "cache", "out": tmp_path / name / "out"}
        compare.run(Compare(extractors="orb_words", folds=folds, **options, **places))
        table = pd.read_csv(tmp_path / name / "out" / "predictions" / "logistic.csv", dtype=str)
        said.append(table.loc[:, [not name.startswith("truth:") for name in table]])
    # In folds every film is learned from once: there the same change must show.
    assert said[0].equals(said[1]) == (folds == 0)
