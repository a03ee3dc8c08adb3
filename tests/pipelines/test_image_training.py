import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption, StorageFailed
from models.bundle import WRITTEN_BY_TRAIN
from models.checkpoints import LOGS
from models.classifiers.logistic import Logistic
from models.views import Block, Views
from pipelines import image_training
from pipelines.command_options import Train
from pipelines.config_files import IMAGE_DIGESTS
from pipelines.config_writing import CONFIG
from pipelines.train import CURVES
from reports.model_card import CARD
from reports.plots.plotting import FORMATS
from tests import fakes

VIEWS = Views({"pixels": Block(np.arange(48, dtype=np.uint8).reshape(3, 16), "pixels")})


class OnImages(Logistic):
    """Sees images, and makes them twice as bright."""

    needs = ("pixels",)
    augmentation = "mild"

    def augmented(self, views, times):
        images = views.arrays["pixels"].reshape(-1, 4, 4)
        return np.stack([images * 2.0] * times)

    def keep_in(self, folder):
        self.kept_in = folder
        return self


class Made:
    """A bundle whose spread is known."""

    def __init__(self, classifier):
        self.classifier = classifier

    def spread(self, views, times):
        return np.full((len(views), 2), 0.125) * times

    def findings(self, views):
        probabilities = np.full((len(views), 2), 0.25)
        return type("Findings", (), {"calibrated": probabilities})


def training(options):
    folder = image_training.training_folder(options)
    (folder / "logs").mkdir(parents=True)
    (folder / "state.npz").write_bytes(b"")
    return folder


@pytest.mark.parametrize("resume", [False, True])
def test_an_unfinished_training_is_kept_only_to_be_gone_on_with(tmp_path, resume):
    options = Train(out=tmp_path / "bundle", resume=resume)
    folder = training(options)
    classifier = OnImages()
    image_training.begin(classifier, options)
    assert (folder / "state.npz").exists() == resume
    assert classifier.kept_in == folder == tmp_path / "bundle.training"


def test_a_folder_that_could_not_take_the_bundle_is_refused_before_training(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StorageFailed, match="holds other files"):
        image_training.begin(Logistic(), Train(out=tmp_path))


def test_whatever_train_writes_next_to_a_bundle_is_replaced_with_it():
    written = {image_training.SHEET, image_training.SPREAD, LOGS, CARD, "skipped.csv"}
    written |= {CONFIG, IMAGE_DIGESTS, *(f"{CURVES}.{kind}" for kind in FORMATS)}
    assert written == set(WRITTEN_BY_TRAIN)


def test_augmentation_needs_a_classifier_that_sees_images(tmp_path):
    with pytest.raises(InvalidOption, match="dual_input uses features"):
        image_training.begin(Logistic(), Train(out=tmp_path, tta=3))


@pytest.mark.parametrize("times", [1, -1])
def test_augmentations_without_a_spread_are_refused_before_training(tmp_path, times):
    with pytest.raises(InvalidOption, match=f"--tta must be 0, or at least 2.*got {times}"):
        image_training.begin(OnImages(), Train(out=tmp_path, tta=times))


def test_after_training_its_logs_and_a_sheet_lie_beside_the_bundle_and_nothing_else(tmp_path):
    options = Train(out=tmp_path / "bundle")
    folder = training(options)
    options.out.mkdir()
    image_training.end(OnImages(), VIEWS, options)
    assert {path.name for path in options.out.iterdir()} == {"logs", "augmented.png"}
    assert not folder.exists()


def test_a_classifier_of_features_has_neither(tmp_path):
    image_training.end(Logistic(), VIEWS, Train(out=tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_spread_stands_beside_each_probability(tmp_path):
    images = fakes.images(np.zeros((3, 2)), split=None)
    options = Train(out=tmp_path, tta=4)
    values = image_training.spread(Made(OnImages()), VIEWS, images, options)
    table = pd.read_csv(tmp_path / "spread.csv")
    assert list(table) == ["id", "label0", "label0 spread", "label1", "label1 spread"]
    assert (table["label1"] == 0.25).all()
    assert (table["label1 spread"] == 0.5).all()
    assert values["spread"]["labels"] == {"label0": 0.5, "label1": 0.5}
    (line,) = image_training.lines(values)
    assert "augmented 4 times: mean spread of the probabilities 0.500" in line


def test_without_tta_there_is_no_spread(tmp_path):
    assert image_training.spread(Made(OnImages()), VIEWS, None, Train(out=tmp_path)) == {}
    assert image_training.lines({}) == []
