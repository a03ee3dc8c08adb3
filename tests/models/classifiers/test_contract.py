"""What holds for every classifier; one that is added is tested by being there."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import models.classifiers
import registry
from errors import InvalidOption, MisalignedRows
from evaluation.auc import label_aucs
from models.classifier import Classifier
from models.views import Block, Views
from tests.models import made_up

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword"
)

PROJECT = Path(__file__).resolve().parents[3]
# The contract does not depend on how long is learned.
SHORT = {
    "epochs": 20,
    "batch_size": 16,
    "n_estimators": 10,
    "hidden": 32,
    "members": ("logistic", "logistic:words"),
    "member": "logistic",
}


def labelled(n_images=120, seed=0):
    views, labels = made_up.labelled(n_images, seed)
    return made_up.with_images(views), labels


TRAIN, TRAIN_LABELS = labelled()
VALIDATION = labelled(60, seed=1)
TEST, TEST_LABELS = labelled(50, seed=2)


def needs_tensorflow(name):
    # By its text, for importing it would import TensorFlow.
    text = Path(find_spec(f"models.classifiers.{name}").origin).read_text()
    return "network_classifier" in text or "image_classifier" in text


def marked(name):
    return pytest.param(name, marks=pytest.mark.slow if needs_tensorflow(name) else ())


def made(name, **changes):
    plain = registry.load(models.classifiers, name)()
    short = {option: SHORT[option] for option in SHORT.keys() & plain.get_params()}
    if plain.get_params().get("backbone"):
        short |= {"backbone": "keras_file", "weights": made_up.backbone_file()}
    return plain.set_params(**short | changes)


def fit(classifier, views=TRAIN, labels=TRAIN_LABELS, validation=VALIDATION):
    return classifier.fit(views, labels, validation=validation)


@pytest.fixture(
    scope="module", params=[marked(name) for name in registry.names(models.classifiers)]
)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name):
    return fit(made(name))


@pytest.fixture(scope="module")
def probabilities(fitted):
    return fitted.predict_proba(TEST)


def test_probabilities_are_a_row_per_image_and_a_column_per_label(probabilities):
    assert probabilities.shape == TEST_LABELS.shape
    assert probabilities.dtype == np.float32
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_what_can_be_learned_is_learned_in_spite_of_unreported_labels(probabilities):
    assert (label_aucs(TEST_LABELS, probabilities)[:2] > 0.6).all()


def test_a_label_of_one_class_has_a_constant_probability_on_the_right_side(probabilities):
    assert (probabilities[:, made_up.NEVER] == probabilities[0, made_up.NEVER]).all()
    assert (probabilities[:, made_up.ALWAYS] == probabilities[0, made_up.ALWAYS]).all()
    assert probabilities[0, made_up.NEVER] < 0.05
    assert probabilities[0, made_up.ALWAYS] > 0.95


def test_labels_of_one_class_are_warned_of_once(name, capsys):
    fit(made(name))
    assert capsys.readouterr().err.count("columns 2, 3, counted from 0") == 1


def test_labels_of_one_class_that_the_caller_reports_are_not_warned_of(capsys):
    views, labels = labelled()
    model = made("logistic")
    model.fit(views, labels, validation=labelled(seed=1), reported=True)
    assert "constant" not in capsys.readouterr().err


def test_one_image_gets_what_it_gets_among_others(fitted, probabilities):
    alone = fitted.predict_proba(TEST.select(np.array([7])))
    np.testing.assert_allclose(alone, probabilities[7:8], rtol=1e-4)


def test_the_same_seed_gives_the_same_probabilities(name, probabilities):
    np.testing.assert_array_equal(fit(made(name)).predict_proba(TEST), probabilities)


def test_fitting_twice_is_fitting_once(name, probabilities):
    other = labelled(seed=5)
    twice = fit(fit(made(name), *other))
    np.testing.assert_array_equal(twice.predict_proba(TEST), probabilities)


def test_what_was_learned_survives_the_disk(name, fitted, probabilities, tmp_path):
    fitted.save(tmp_path)
    np.testing.assert_array_equal(made(name).load(tmp_path).predict_proba(TEST), probabilities)


def test_nothing_on_disk_is_a_pickle(fitted, tmp_path):
    fitted.save(tmp_path)
    suffixes = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert suffixes <= {".npz", ".keras", ".ubj"}


READ_BACK = """
import sys
from pathlib import Path
import numpy as np
from tests.models.classifiers.test_contract import TEST, made
folder = Path(sys.argv[2])
np.save(folder / "again.npy", made(sys.argv[1]).load(folder).predict_proba(TEST))
"""


@pytest.mark.slow
def test_a_new_process_gives_the_same_probabilities(name, fitted, probabilities, tmp_path):
    fitted.save(tmp_path)
    subprocess.run([sys.executable, "-c", READ_BACK, name, tmp_path], cwd=PROJECT, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "again.npy"), probabilities, rtol=1e-5)


def test_images_and_labels_are_not_written_to(name):
    (views, labels), (again, same) = labelled(), labelled()
    fit(made(name), views, labels)
    np.testing.assert_array_equal(views.stacked(), again.stacked())
    np.testing.assert_array_equal(labels, same)


def test_only_what_is_needed_is_looked_at(fitted, probabilities):
    needed = TEST.of(*fitted.needs)
    extra = Block(np.full((len(TEST), 3), np.nan, np.float32), "metadata")
    more = Views({**needed.blocks, "patient": extra})
    np.testing.assert_array_equal(fitted.predict_proba(more), probabilities)


def test_a_view_that_is_needed_and_not_there_is_named(fitted):
    lacking = Views({"patient": Block(np.zeros((2, 3), np.float32), "metadata")})
    with pytest.raises(InvalidOption, match=fitted.needs[0]):
        fitted.predict_proba(lacking)


def test_features_of_another_width_are_refused(fitted):
    narrow = made_up.views(np.zeros((2, 5)), np.zeros((2, 9)))
    narrow = made_up.with_images(narrow, size=4)
    with pytest.raises(MisalignedRows, match="needs the views it learned from"):
        fitted.predict_proba(narrow)


def test_labels_of_other_images_are_refused(name):
    with pytest.raises(MisalignedRows, match="a row for each image"):
        fit(made(name), labels=TRAIN_LABELS[1:])


def test_one_training_image_is_enough_to_survive(name):
    one = np.array([0])
    fitted = fit(made(name), TRAIN.select(one), TRAIN_LABELS[one])
    assert np.isfinite(fitted.predict_proba(TEST)).all()


def test_validation_without_a_positive_is_enough_to_survive(name):
    fitted = fit(made(name), validation=(VALIDATION[0], np.zeros_like(VALIDATION[1])))
    assert np.isfinite(fitted.predict_proba(TEST)).all()


def test_the_libraries_it_depends_on_are_listed(fitted):
    assert all(sys.modules[module].__version__ for module in fitted.libraries)


def test_options_are_stored_untouched(name):
    options = made(name, seed=7).get_params()
    assert vars(type(made(name))(**options)) == options


@pytest.fixture(
    scope="module", params=[marked(name) for name in registry.names(models.classifiers)]
)
def of_classes(request):
    if request.param.startswith("finetuned"):
        pytest.skip("networks on images have the losses and probabilities of cnn")
    views, labels = made_up.classes()
    return made(request.param).fit(
        views, labels, validation=made_up.classes(60, seed=1), exclusive=True
    )


def test_probabilities_of_exclusive_classes_sum_to_one(of_classes):
    probabilities = of_classes.predict_proba(made_up.classes(50, seed=2)[0])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_exclusive_classes_are_learned(of_classes):
    views, labels = made_up.classes(200, seed=2)
    assert label_aucs(labels, of_classes.predict_proba(views)).mean() > 0.75


def test_exclusive_classes_have_the_same_probabilities_after_loading(of_classes, tmp_path):
    views, _ = made_up.classes(50, seed=2)
    of_classes.save(tmp_path / "model")
    again = type(of_classes)(**of_classes.get_params()).load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict_proba(views), of_classes.predict_proba(views))


def test_attribution_of_an_exclusive_class_sums_to_its_logit(of_classes):
    if type(of_classes)._attribution is Classifier._attribution:
        pytest.skip("This classifier has no attributions.")
    views, _ = made_up.classes(20, seed=2)
    found = of_classes.attribution(views.of(*of_classes.needs), [2, 0])
    whole = found.bias + sum(values.sum(axis=2) for values in found.blocks.values())
    np.testing.assert_allclose(
        whole, of_classes._logits(views.of(*of_classes.needs))[:, [2, 0]], atol=1e-4
    )
