import numpy as np
import pytest

from errors import StorageFailed
from models.bundle import WRITTEN_BY_TRAIN
from models.checkpoints import LOGS
from models.classifiers.logistic import Logistic
from models.views import Block, Views
from pipelines import image_training
from pipelines.averaged_tests import SPREAD
from pipelines.command_options import Train
from pipelines.comparing.tuning_changes import TRIALS
from pipelines.config_files import IMAGE_DIGESTS
from pipelines.config_writing import CONFIG
from pipelines.train import CURVES
from pipelines.tuned_training import STUDY
from reports.model_card import CARD
from reports.plots.plotting import FORMATS

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
    written = {image_training.SHEET, SPREAD, LOGS, CARD, "skipped.csv"}
    written |= {CONFIG, IMAGE_DIGESTS, *(f"{CURVES}.{kind}" for kind in FORMATS)}
    written |= {STUDY, TRIALS}
    assert written == set(WRITTEN_BY_TRAIN)


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
