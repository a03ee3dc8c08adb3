from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from datasets.images import Split
from errors import InvalidOption
from models.views import Block, Views
from pipelines.augmented_tests import Augmented
from pipelines.command_options import Compare
from pipelines.comparing import run_cache
from pipelines.comparing.candidates import candidates_of
from tests import fakes

RNG = np.random.default_rng(0)
LABELS = (RNG.random((90, 2)) < 0.4).astype(float)
PARTS = np.array(["train", "validation", "test"] * 30, object)
VIEWS = Views({"any": Block((3 * LABELS + RNG.normal(size=(90, 2))).astype(np.float32), "deep")})


@pytest.fixture
def images():
    return fakes.images(LABELS, split=Split("mine", PARTS))


@pytest.fixture
def logistic():
    return candidates_of(Compare(classifiers="logistic"))[0]


def test_a_fit_holds_the_probabilities_of_the_test_images(images, logistic, tmp_path):
    found = run_cache.fit(logistic, VIEWS, images, 0, tmp_path / "fit.npz")
    assert found.ids.tolist() == images.ids[images.test].tolist()
    assert found.probabilities.shape == (30, 2)
    assert np.corrcoef(found.probabilities[:, 0], LABELS[images.test, 0])[0, 1] > 0.3
    assert found.seconds > 0


def test_what_is_done_is_not_trained_again(images, logistic, tmp_path):
    first = run_cache.fit(logistic, VIEWS, images, 0, tmp_path / "fit.npz")
    broken = logistic._replace(make=lambda seed: 1 / 0)
    again = run_cache.fit(broken, VIEWS, images, 0, tmp_path / "fit.npz")
    np.testing.assert_array_equal(again.probabilities, first.probabilities)
    np.testing.assert_array_equal(again.thresholds, first.thresholds)


def test_bounds_are_kept_and_earlier_trainings_have_none(images, logistic, tmp_path):
    first = run_cache.fit(logistic, VIEWS, images, 0, tmp_path / "fit.npz")
    again = run_cache.read_fit(tmp_path / "fit.npz")
    np.testing.assert_array_equal(again.bounds.lowest, first.bounds.lowest)
    run_cache.write_fit(replace(first, bounds=None), tmp_path / "earlier.npz")
    assert run_cache.read_fit(tmp_path / "earlier.npz").bounds is None


def test_a_training_may_share_its_work_with_a_crew(images, logistic, tmp_path):
    made = logistic.make(0)
    sharing = logistic._replace(make=lambda seed: made)
    run_cache.fit(sharing, VIEWS, images, 0, tmp_path / "fit.npz", "crew")
    assert made._client == "crew"


def test_averages_over_versions_come_from_the_same_training(images, tmp_path):
    plain, averaged = candidates_of(Compare(classifiers="logistic", tta=2))
    tests = VIEWS.select(images.test)
    versions = [Views({"any": Block(tests.arrays["any"] + each, "deep")}) for each in (1.0, -1.0)]
    augmented = Augmented(versions, beside=tmp_path / "averages.npz")
    made = run_cache.fit(plain, VIEWS, images, 0, tmp_path / "fit.npz", augmented=augmented)
    # A second training would fail.
    kept = averaged._replace(make=lambda seed: 1 / 0)
    found = run_cache.fit(kept, VIEWS, images, 0, tmp_path / "averages.npz")
    alone = run_cache.fit(
        averaged, VIEWS, images, 0, tmp_path / "alone.npz", augmented=Augmented(versions)
    )
    assert made.spread is None
    assert found.spread.shape == (30, 2)
    assert (found.probabilities != made.probabilities).any()
    np.testing.assert_array_equal(found.thresholds, made.thresholds)
    for name in ("ids", "probabilities", "thresholds", "spread"):
        np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))


def test_probabilities_of_changed_images_are_kept(images, logistic, tmp_path):
    tests = VIEWS.select(images.test)
    louder = Views({"any": Block(tests.arrays["any"] * 2, "deep")})
    augmented = Augmented(changed=[("noise 0", tests), ("noise 5", louder)])
    made = run_cache.fit(logistic, VIEWS, images, 0, tmp_path / "fit.npz", augmented=augmented)
    np.testing.assert_array_equal(made.changed["noise 0"], made.probabilities)
    assert (made.changed["noise 5"] != made.probabilities).any()
    again = run_cache.read_fit(tmp_path / "fit.npz").changed
    assert [*again] == ["noise 0", "noise 5"]
    np.testing.assert_array_equal(again["noise 5"], made.changed["noise 5"])


@pytest.mark.slow
def test_how_networks_learned_is_kept(images, tmp_path):
    (cnn, *_) = candidates_of(Compare(classifiers="cnn", set="cnn.epochs=2"))
    for _ in range(2):
        found = run_cache.fit(cnn, VIEWS, images, 0, tmp_path / "fit.npz")
        assert list(found.histories) == ["Cnn"]
        assert found.histories["Cnn"]["loss"].shape == (2,)


def test_a_killed_training_leaves_nothing(images, logistic, tmp_path):
    broken = logistic._replace(make=lambda seed: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_cache.fit(broken, VIEWS, images, 0, tmp_path / "fit.npz")
    assert not list(tmp_path.iterdir())


def test_resuming_keeps_trainings_and_starting_again_does_not(images, tmp_path):
    folder = run_cache.open_run(images, Compare(out=tmp_path))
    (folder / "done.npz").write_bytes(b"")
    elsewhere = {"jobs": 1, "label_table": tmp_path / "labels.csv"}
    run_cache.open_run(images, Compare(out=tmp_path, resume=True, **elsewhere))
    assert (folder / "done.npz").exists()
    run_cache.open_run(images, Compare(out=tmp_path))
    assert not (folder / "done.npz").exists()


@pytest.mark.parametrize(
    "change",
    [{"folds": 4}, {"set": "cnn.hidden=9"}, {"seed": 1}, {"tune_words": "hog.orientations=9,4"}],
)
def test_a_run_of_another_configuration_is_not_continued(images, tmp_path, change):
    run_cache.open_run(images, Compare(out=tmp_path))
    with pytest.raises(InvalidOption, match="has another configuration"):
        run_cache.open_run(images, Compare(out=tmp_path, resume=True, **change))


def test_a_run_of_other_defaults_is_not_continued(images, tmp_path, monkeypatch):
    run_cache.open_run(images, Compare(out=tmp_path))
    run_cache.open_run(images, Compare(out=tmp_path, resume=True))
    monkeypatch.setattr(run_cache, "defaults_of", lambda options: {"cnn": {"batch_size": 64}})
    with pytest.raises(InvalidOption, match="another configuration"):
        run_cache.open_run(images, Compare(out=tmp_path, resume=True))


def test_a_run_over_other_images_is_not_continued(images, tmp_path):
    run_cache.open_run(images, Compare(out=tmp_path))
    with pytest.raises(InvalidOption, match="has another configuration"):
        run_cache.open_run(images.select(np.arange(90) < 60), Compare(out=tmp_path, resume=True))


@pytest.mark.parametrize(
    "change",
    [
        {"split": Split("mine", np.roll(PARTS, 1))},
        {"patients": np.repeat(np.arange(45), 2).astype(str).astype(object)},
        {"meta": fakes.images(LABELS).meta.assign(age=51.0)},
    ],
)
def test_a_run_over_images_with_other_labels_or_patients_is_not_continued(images, tmp_path, change):
    run_cache.open_run(images, Compare(out=tmp_path))
    with pytest.raises(InvalidOption, match="has another configuration"):
        run_cache.open_run(replace(images, **change), Compare(out=tmp_path, resume=True))


def test_a_run_with_another_network_in_the_same_file_is_not_continued(images, tmp_path):
    options = {"out": tmp_path, "weights": str(tmp_path / "network.keras")}
    (tmp_path / "network.keras").write_bytes(b"one")
    run_cache.open_run(images, Compare(**options))
    run_cache.open_run(images, Compare(**options, resume=True))
    (tmp_path / "network.keras").write_bytes(b"two")
    with pytest.raises(InvalidOption, match="has another configuration"):
        run_cache.open_run(images, Compare(**options, resume=True))


@pytest.mark.parametrize("change", [{"store": "words-2"}, {"learned": "2"}, {"image": "other"}])
def test_fits_of_other_features_are_not_used(images, tmp_path, change, capsys):
    def name(store="words-1", learned="1", image="bytes"):
        kept = SimpleNamespace(folder=tmp_path / store, learned_digest=learned)
        keys = [image] * len(images)
        branches = {"words": SimpleNamespace(store=kept)}
        extracted = SimpleNamespace(
            images=images, branches=branches, variants={}, given={}, keys=lambda: keys
        )
        return run_cache.name_of_split(tmp_path, 0, extracted)

    (tmp_path / f"{name()}-0-cnn.npz").touch()
    assert name() == name()
    assert not capsys.readouterr().err
    assert name(**change) != name()
    assert "changed since 1 trainings on mine: these are repeated" in capsys.readouterr().err


@pytest.mark.parametrize("keep", [0, 100, -1])
def test_a_damaged_fit_gives_a_warning_and_is_trained_again(
    images, logistic, tmp_path, capsys, keep
):
    path = tmp_path / "fit.npz"
    first = run_cache.fit(logistic, VIEWS, images, 0, path)
    path.write_bytes(path.read_bytes()[:keep])
    again = run_cache.fit(logistic, VIEWS, images, 0, path)
    np.testing.assert_array_equal(again.probabilities, first.probabilities)
    assert "damaged; fit is trained again" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{", None])
def test_fits_without_a_readable_configuration_are_not_continued(images, tmp_path, text):
    run_cache.open_run(images, Compare(out=tmp_path))
    path = tmp_path / "configuration.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(InvalidOption, match="is damaged"):
        run_cache.open_run(images, Compare(out=tmp_path, resume=True))


def test_the_shares_of_members_are_kept(images, tmp_path):
    words = Block(RNG.normal(size=(90, 3)).astype(np.float32), "words")
    views = Views({**VIEWS.blocks, "sift": words})
    members = "late_fusion.members=logistic,logistic:words"
    (fusion, *_) = candidates_of(Compare(classifiers="late_fusion", set=members))
    first, again = (run_cache.fit(fusion, views, images, 0, tmp_path / "fit.npz") for _ in range(2))
    assert list(first.shares) == ["logistic", "logistic:words"]
    assert sum(first.shares.values()) == 1
    assert (again.shares, again.weightless) == (first.shares, first.weightless)


def test_a_fit_has_predictions_for_external_images_and_keeps_them(images, logistic, tmp_path):
    others = {"B": VIEWS.select(slice(0, 7)), "C 2": VIEWS.select(slice(7, 9))}
    first, again = (
        run_cache.fit(logistic, VIEWS, images, 0, tmp_path / "fit.npz", None, others)
        for _ in range(2)
    )
    tested = np.flatnonzero(images.test[:7])
    np.testing.assert_array_equal(first.elsewhere["B"][tested], first.probabilities[: len(tested)])
    assert {name: each.shape for name, each in again.elsewhere.items()} == {
        "B": (7, 2),
        "C 2": (2, 2),
    }
    np.testing.assert_array_equal(again.elsewhere["B"], first.elsewhere["B"])


def test_fits_without_the_external_images_asked_for_are_not_used(images, tmp_path):
    def name(**others):
        return run_cache.name_of_split(tmp_path, 0, stage(images), others)

    def stage(images):
        keys = [str(row) for row in range(len(images))]
        return SimpleNamespace(images=images, branches={}, variants={}, given={}, keys=lambda: keys)

    alone, one, two = name(), name(B=stage(images)), name(B=stage(images.select(slice(0, 9))))
    assert len({alone, one, two, name(C=stage(images))}) == 4
    assert one == name(B=stage(images))
