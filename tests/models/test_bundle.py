import errno
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import models.classifiers
import registry
from errors import BundleUnusable, StorageFailed
from evaluation.conformal import Bounds
from features.recipe import recipe_of
from models import bundle
from models.bundle import Bundle
from models.bundle_manifest import seal
from models.bundled_view import BundledView
from models.calibration import Calibration
from models.seen_images import SeenImages
from models.thresholds import by_validation, choose
from models.training_reference import Reference, by_label
from tests.features.stubs import Learned, Mean
from tests.models import made_up

TRAIN, VALIDATION, TEST = (made_up.labelled(seed=seed) for seed in range(3))


def trained(name, **options):
    """A bundle as training makes it."""
    classifier = registry.load(models.classifiers, name)(**options)
    classifier.fit(*TRAIN, validation=VALIDATION)
    raw = classifier.predict_proba(VALIDATION[0])
    calibration = Calibration.fit(VALIDATION[1], raw)
    image = np.zeros((8, 8), np.uint8)
    extractors = {"net": ("deep", Mean()), "sift": ("words", Learned().fit([image]))}
    return Bundle(
        name=name,
        classifier=classifier,
        labels=("Mass", "Edema", "Hernia", "Fluid"),
        views={
            block: BundledView.of(kind, made, recipe_of(block, made, np.array(["a"])))
            for block, (kind, made) in extractors.items()
        },
        calibration=calibration,
        thresholds=choose(VALIDATION[1], calibration(raw), "f1"),
        data="made up",
        split="fold 1 of 5",
    )


@pytest.fixture(scope="module")
def model():
    return trained("logistic", views=("deep", "words"))


@pytest.fixture
def folder(model, tmp_path):
    bundle.save(model, tmp_path / "model")
    return tmp_path / "model"


def contents(folder):
    return json.loads((folder / "bundle.json").read_text())


def resealed(folder):
    """The folder with digests that fit whatever was done to its files, as a forger would."""
    fields = contents(folder)
    (folder / "bundle.json").unlink()
    kept = {key: fields[key] for key in fields if key not in ("format", "files", "digest")}
    seal(folder, kept)


def test_findings_are_the_same_after_loading(model, folder):
    before, after = model.findings(TEST[0]), bundle.load(folder).findings(TEST[0])
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_reference_comes_back_and_an_earlier_bundle_has_none(model, folder, tmp_path):
    assert bundle.load(folder).reference is None
    probabilities = by_label(model.labels, model.findings(VALIDATION[0]).raw)
    reference = Reference.of(np.empty((0, 5)), TRAIN[0], VALIDATION[0], probabilities)
    bundle.save(replace(model, reference=reference), tmp_path / "compared")
    again = bundle.load(tmp_path / "compared").reference
    np.testing.assert_array_equal(again.distances(TEST[0]), reference.distances(TEST[0]))


def test_findings_are_raw_and_calibrated_and_called_by_threshold(model):
    raw, calibrated, present = model.findings(TEST[0])
    np.testing.assert_array_equal(raw, model.classifier.predict_proba(TEST[0]))
    np.testing.assert_array_equal(calibrated, model.calibration(raw))
    np.testing.assert_array_equal(present[:, 0], calibrated[:, 0] >= model.thresholds[0])


def test_versions_are_averaged_and_decided_by_their_mean(model):
    first, *others = (model.findings(made_up.labelled(seed=seed)[0]) for seed in range(2, 5))
    found, spread = model.averaged([first, *others])
    calibrated = np.mean([each.calibrated for each in (first, *others)], axis=0)
    np.testing.assert_allclose(found.calibrated, calibrated)
    np.testing.assert_array_equal(found.present[:, 0], calibrated[:, 0] >= model.thresholds[0])
    np.testing.assert_allclose(spread, np.std([each.calibrated for each in others], axis=0))
    assert model.averaged([first]) == (first, None)


def test_a_label_without_a_threshold_is_not_decided(model):
    assert np.isnan(model.thresholds[made_up.NEVER])
    assert set(model.findings(TEST[0]).present[:, made_up.NEVER]) == {None}
    assert set(model.findings(TEST[0]).present[:, 0]) == {True, False}


def test_labels_that_are_not_decided_are_named(model):
    assert model.undecided == (model.labels[made_up.NEVER],)


def test_everything_needed_to_evaluate_it_comes_back(model, folder):
    again = bundle.load(folder)
    assert (again.name, again.labels, again.data, again.split) == (
        "logistic",
        ("Mass", "Edema", "Hernia", "Fluid"),
        "made up",
        "fold 1 of 5",
    )
    assert again.views.keys() == {"net", "sift"}
    assert again.views["sift"].state == model.views["sift"].state
    np.testing.assert_array_equal(again.thresholds, model.thresholds)


def test_it_knows_which_images_it_has_seen(model, tmp_path):
    seen = SeenImages.of(["one file", "another"])
    bundle.save(replace(model, seen=seen), tmp_path / "model")
    again = bundle.load(tmp_path / "model").seen
    assert again.has(["another", "a third"]).tolist() == [True, False]


def test_a_bundle_without_a_list_of_images_is_valid(folder):
    assert bundle.load(folder).seen is None


def test_bounds_come_back_and_earlier_bundles_have_none(model, tmp_path):
    assert bundle_again(model, tmp_path / "earlier").bounds is None
    raw = model.classifier.predict_proba(VALIDATION[0])
    known = Bounds.of(VALIDATION[1], model.calibration(raw), np.arange(len(raw)))
    again = bundle_again(replace(model, bounds=known), tmp_path / "model")
    np.testing.assert_array_equal(again.bounds.lowest, known.lowest)
    np.testing.assert_array_equal(again.bounds.highest, known.highest)
    assert model.labels[made_up.NEVER] in again.without_guarantee(0.1) != model.labels
    assert model.without_guarantee(0.1) == model.labels


def bundle_again(made, folder):
    """The bundle as it is read from a folder after it was saved there."""
    bundle.save(made, folder)
    return bundle.load(folder)


def test_the_contents_can_be_read_by_people(folder):
    fields = contents(folder)
    assert fields["classifier"] == "logistic"
    assert fields["options"]["views"] == ["deep", "words"]
    assert fields["thresholds"][made_up.NEVER] is None
    assert fields["versions"]["numpy"] == np.__version__
    assert fields["views"]["sift"]["recipe"]["trained_on"]["films"] == 1


def test_nothing_in_it_is_a_pickle(folder):
    names = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert names == {".json", ".npz"}


def test_a_flipped_byte_in_any_file_is_refused_by_name(folder):
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        data = path.read_bytes()
        if not data:
            continue
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(BundleUnusable, match=f"{path.name} has changed"):
            bundle.load(folder)
        path.write_bytes(data)
    bundle.load(folder)


def test_a_pickle_with_a_fitting_digest_is_refused(folder, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    np.savez(folder / "calibration.npz", slopes=np.array([Bomb()], object), shifts=np.ones(4))
    resealed(folder)
    with pytest.raises(BundleUnusable, match=r"must be safe to load; .*numpy"):
        bundle.load(folder)
    assert not (tmp_path / "exploded").exists()


def test_a_classifier_that_is_gone_is_named(folder):
    fields = contents(folder)
    text = json.dumps(fields | {"classifier": "perceptron"})
    (folder / "bundle.json").write_text(text)
    resealed(folder)
    with pytest.raises(registry.UnknownPlugin, match="perceptron"):
        bundle.load(folder)


def test_training_again_replaces_the_bundle_whole(model, folder):
    (folder / "curves.png").write_text("old")
    bundle.save(model, folder)
    assert not (folder / "curves.png").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_the_older_bundle_is_kept_where_asked_and_can_still_be_used(model, folder):
    kept = folder.with_name("model-2026-11-26-1530")
    bundle.save(model, folder, kept)
    assert {path.name for path in folder.parent.iterdir()} == {"model", kept.name}
    assert bundle.load(kept).labels == bundle.load(folder).labels


@pytest.mark.parametrize(
    ("reason", "raised"),
    [(OSError(errno.EIO, "I/O error"), StorageFailed), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_where_the_new_bundle_does_not_get_its_name_the_old_one_stays(
    model, folder, monkeypatch, reason, raised
):
    (folder / "curves.png").write_text("old")
    rename = Path.rename

    def refused(path, target):
        if (path / "curves.png").exists() or path == folder:
            return rename(path, target)
        raise reason

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(raised):
        bundle.save(model, folder)
    assert (folder / "curves.png").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_file_in_the_place_of_the_folder_is_refused(model, tmp_path):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(StorageFailed, match=r"A bundle needs a folder; .* is a file"):
        bundle.save(model, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "precious"


def test_a_folder_with_other_files_is_not_overwritten(model, tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StorageFailed, match="holds other files"):
        bundle.save(model, tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "precious"


@pytest.mark.parametrize("place", ["thesis.tex", "classifier/notes.txt", "figures/curves.png"])
def test_a_bundle_that_someone_keeps_other_files_in_is_not_replaced(model, tmp_path, place):
    bundle.save(model, tmp_path / "model")
    path = tmp_path / "model" / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("precious")
    with pytest.raises(StorageFailed, match=f"holds other files, such as {place}"):
        bundle.save(model, tmp_path / "model")
    assert path.read_text() == "precious"


def test_a_folder_with_a_bundle_json_of_another_program_is_not_replaced(model, tmp_path):
    (tmp_path / "bundle.json").write_text("{}")
    with pytest.raises(StorageFailed, match=r"such as bundle.json"):
        bundle.save(model, tmp_path)
    assert (tmp_path / "bundle.json").read_text() == "{}"


def test_where_nothing_can_be_written_nothing_is_left(model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="must be a folder that can be written"):
        bundle.save(model, tmp_path / "file" / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
def test_a_lambda_layer_is_refused_and_none_of_its_code_runs(tmp_path):
    from features.runtime import keras

    ran = tmp_path / "ran"
    text = str(ran)
    bundle.save(trained("cnn", epochs=1, hidden=4), tmp_path / "model")
    vectors = keras.Input((6,), name="net")
    evil = keras.layers.Lambda(lambda x: (__import__("os").makedirs(text, exist_ok=True), x)[1])
    logits = keras.layers.Dense(4)(evil(vectors))
    keras.Model({"net": vectors}, logits).save(tmp_path / "model" / "classifier" / "network.keras")
    resealed(tmp_path / "model")
    ran.rmdir()
    with pytest.raises(BundleUnusable, match="Lambda"):
        bundle.load(tmp_path / "model")
    assert not ran.exists()


@pytest.fixture(scope="module")
def of_classes():
    views, labels = made_up.classes()
    classifier = registry.load(models.classifiers, "logistic")(views=("deep", "words"))
    classifier.fit(views, labels, validation=(views, labels), exclusive=True)
    chosen = by_validation(
        classifier, (views, labels), np.arange(len(labels)), "f1", classes=("A", "B", "C")
    )
    changed = {"labels": ("A", "B", "C"), "classes": ("A", "B", "C"), **chosen._asdict()}
    return replace(trained("logistic"), classifier=classifier, **changed)


def test_of_exclusive_classes_the_most_probable_is_decided(of_classes):
    found = of_classes.findings(made_up.classes(50, seed=2)[0])
    np.testing.assert_array_equal(found.present.argmax(axis=1), found.calibrated.argmax(axis=1))
    assert (found.present.sum(axis=1) == 1).all()
    assert of_classes.undecided == ()


def test_a_bundle_knows_that_its_classes_are_exclusive(of_classes, tmp_path):
    views, _ = made_up.classes(50, seed=2)
    bundle.save(of_classes, tmp_path / "model")
    again = bundle.load(tmp_path / "model")
    assert again.classes == ("A", "B", "C")
    np.testing.assert_array_equal(
        again.findings(views).calibrated, of_classes.findings(views).calibrated
    )
    fields = contents(tmp_path / "model")
    assert (fields["task"], fields["format"]) == ("exclusive", 3)


def test_a_bundle_of_independent_labels_is_as_earlier_versions_wrote_it(folder):
    assert contents(folder)["format"] == 2
    assert not {"task", "classes"} & contents(folder).keys()
    assert bundle.load(folder).classes == ()


def test_the_class_of_an_image_is_the_label_decided_or_the_other_of_two(of_classes, model):
    assert of_classes.class_of(np.array([False, True, False])) == "B"
    two = replace(of_classes, labels=("B",), classes=("A", "B"))
    assert [two.class_of(np.array([each])) for each in (True, False)] == ["B", "A"]
    assert model.class_of(np.array([True])) is None
