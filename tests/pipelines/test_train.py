import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from datasets import image_files
from errors import BadSplit, InvalidOption
from features.recipe import digest_of_ids, fingerprint
from models import bundle
from models.views import Block, Views
from pipelines import train
from pipelines.command_options import Train
from tests import fakes
from tests.models import made_up

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

KINDS = ((0, "sick"), (1, "well"))
WORDS = "orb_words.n_words=8 orb_words.image_size=128 orb_words.pyramid=1,2 logistic.views=words"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Images of the sick are coarse, of the well fine: visual words can separate them."""
    return fakes.sick_and_well(tmp_path_factory.mktemp("films"), 60, sick=32)


@pytest.fixture
def run(tmp_path, root):
    def run(**changes):
        options = {"data": root, "classifier": "logistic", "extractors": "orb_words", "set": WORDS}
        options["task"] = "multilabel"
        places = {"cache": tmp_path / "cache", "out": tmp_path / "bundle"}
        return train.run(Train(**(options | places | changes)))

    return run


def test_the_bundle_says_on_other_days_what_the_classifier_said(run, tmp_path, root):
    result = run()
    made = bundle.load(tmp_path / "bundle")
    images = train.sources.images_of(Train(data=root, cache=tmp_path / "cache", task="multilabel"))
    planes = [image_files.read(path) for path in images.paths[images.test]]
    extractor = made.views["orb_words"].extractor()
    views = Views({"orb_words": Block(extractor.transform(planes), "words")})
    found = made.findings(views).calibrated
    aucs = train.label_aucs(images.labels[images.test], found)
    told = result.values["models"]["logistic"]["labels"]
    np.testing.assert_allclose([told[name]["auc"] for name in images.label_names], aucs)


@pytest.mark.parametrize("wrong", [{"thresholds": "f2"}, {"recall": 2}])
def test_thresholds_that_cannot_be_are_refused_before_any_image_is_read(run, tmp_path, wrong):
    with pytest.raises(InvalidOption, match=f"{next(iter(wrong))} must be"):
        run(data=tmp_path / "nowhere", **wrong)


def test_the_evaluation_has_its_baseline_and_no_interval_for_12_test_images(run):
    values = run().values
    told = values["models"]["logistic"]
    assert told["macro_auc_ci"] is None
    assert told["macro_auc_ci_missing"].startswith("each image counts as one patient")
    assert values["floors"]["prevalences_of"] == "training images"
    assert json.loads(json.dumps(values)) == values


def test_no_skill_knows_how_common_labels_are_among_training_images_alone(run, tmp_path):
    sick, well = ([f"{kind}/f{number}.png" for number in range(n, 60, 2)] for n, kind in KINDS)
    split = {"train": sick[:20] + well[:10], "validation": sick[20:24] + well[10:14]}
    split |= {"name": "mine", "test": sick[24:] + well[14:]}
    path = tmp_path / "split.json"
    path.write_text(json.dumps(split))
    floors = run(split=str(path)).values["floors"]
    # Of the test images 6 are sick and 16 well; of the training images two thirds are sick.
    shown = roc_auc_score([1] * 6 + [0] * 16 + [0] * 6 + [1] * 16, [2 / 3] * 22 + [1 / 3] * 22)
    assert floors["micro_no_skill"] == pytest.approx(shown)


def test_a_training_image_that_cannot_be_read_leaves_the_bundle_its_cache(run, tmp_path):
    root = fakes.sick_and_well(tmp_path / "films", 40, sick=32)
    images = train.sources.images_of(Train(data=root, cache=tmp_path / "cache", task="multilabel"))
    Path(images.paths[images.train][0]).write_bytes(b"no film")
    assert run(data=root).exit_code == 1
    view = bundle.load(tmp_path / "bundle").views["orb_words"]
    assert (tmp_path / "cache" / f"orb_words-{fingerprint(view.recipe)}").is_dir()
    assert view.recipe["trained_on"] == digest_of_ids(images.ids[images.train])


def test_the_text_names_split_baseline_and_bundle(run, tmp_path):
    text = run().text
    for told in (
        "random by image, seed 0",
        "prevalence-only baseline (prevalences of training",
        str(tmp_path / "bundle"),
    ):
        assert told in text


def test_too_few_test_patients_for_an_interval_are_named_on_screen(run):
    assert "which makes 12; at least 20 are needed\n" in run().text


def test_thresholds_are_chosen_as_asked(run, tmp_path):
    run(thresholds="recall", recall=1.0)
    thorough = bundle.load(tmp_path / "bundle").thresholds
    run(thresholds="recall", recall=0.1)
    assert (bundle.load(tmp_path / "bundle").thresholds >= thorough).all()


def test_metadata_joins_only_when_asked_and_is_named(run):
    text = run(metadata=True).text
    assert "with age, sex and view" in text
    assert "with age" not in run().text


def test_a_split_without_validation_is_refused(run, tmp_path, root):
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))
    split = {"name": "mine", "train": files[::2], "validation": [], "test": files[1::2]}
    path = Path(tmp_path / "split.json")
    path.write_text(json.dumps(split))
    with pytest.raises(BadSplit, match="needs validation images"):
        run(split=str(path))


def test_a_bundle_of_another_data_set_is_kept_next_to_the_new_one(run, tmp_path):
    run()
    first = bundle.load(tmp_path / "bundle").data
    other = fakes.sick_and_well(tmp_path / "other", 40, sick=32)
    result = run(data=other)
    (kept,) = tmp_path.glob("bundle-*")
    assert result.text.endswith(f"earlier bundle: {kept}")
    assert (bundle.load(kept).data, bundle.load(tmp_path / "bundle").data) == (first, "other")
    assert run(data=other).values["earlier_bundle"] is None


@pytest.fixture(scope="module")
def trained_on_images(tmp_path_factory, root):
    place = tmp_path_factory.mktemp("finetuned")
    options = {"data": root, "classifier": "finetuned", "extractors": "resnet50", "tta": 2}
    options |= {"backbone": made_up.backbone_file(16), "set": "finetuned.epochs=2"}
    result = train.run(Train(**options, cache=place / "cache", out=place / "bundle"))
    return result, place


def test_a_network_is_trained_on_images_without_extracting_its_features(trained_on_images):
    result, place = trained_on_images
    assert result.values["extractors"] == ["pixels"]
    assert {path.name.split("-")[0] for path in place.glob("cache/*-*")} == {"pixels"}
    names = {path.name for path in (place / "bundle").iterdir()}
    assert names >= {"augmented.png", "curves.png", "logs", "spread.csv", "bundle.json"}
    assert "finetuned+tta, averaged over each test image and 2 augmented versions" in result.text
    models = result.values["models"]
    assert set(models) == {"finetuned", "finetuned+tta"}
    assert bundle.load(place / "bundle").averaged_bounds.times == 2
    assert models["finetuned+tta"]["abstention"]["level"] == 0.1


def test_a_bundle_that_takes_images_says_on_other_days_what_it_said(trained_on_images, root):
    result, place = trained_on_images
    made = bundle.load(place / "bundle")
    images = train.sources.images_of(Train(data=root, cache=place / "cache"))
    planes = [image_files.read(path) for path in images.paths[images.test]]
    pixels = made.views["pixels"].extractor().transform(planes)
    found = made.findings(Views({"pixels": Block(pixels, "pixels")})).calibrated
    aucs = train.label_aucs(images.labels[images.test], found)
    told = result.values["models"]["finetuned"]["labels"]
    np.testing.assert_allclose([told[name]["auc"] for name in images.label_names], aucs)
