import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.metrics import f1_score, roc_auc_score

from errors import InvalidOption
from pipelines import asked_features, compare, score
from pipelines.command_options import Compare, Extract, Score
from tests import fakes
from tests.features import embedded, onnx_networks

# Whole commands, whose seconds add up.
pytestmark = pytest.mark.slow

ORB = "orb_words.n_words=8 orb_words.image_size=128 orb_words.pyramid=1"
SETTINGS = f"{ORB} logistic.views=words"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Images of the sick are coarse, of the well fine; two images of each patient."""
    return written(tmp_path_factory.mktemp("films"), range(72))


def written(root, numbers, header="coarse,dark"):
    """A data set of images with these numbers; equal numbers are equal files."""
    rows = [f"image,patient,sex,age,view,{header}"]
    for number in numbers:
        coarse, dark = number // 2 % 2, number % 3 == 0
        plane = fakes.picture(number, 32 if coarse else 128) // (3 if dark else 1)
        (root / "xray_images").mkdir(exist_ok=True)
        Image.fromarray(plane).save(root / "xray_images" / f"f{number}.png")
        sex, view = "FM"[number // 4 % 2], ("PA", "AP")[number % 5 == 0]
        rows.append(
            f"f{number}.png,p{number // 2},{sex},{40 + number % 40},{view},{coarse},{dark:d}"
        )
    (root / "Ground_Truth.csv").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture
def run(tmp_path, root):
    def run(**changes):
        options = {"data": root, "extractors": "orb_words", "set": SETTINGS, "replicates": 50}
        options |= {"classifiers": "logistic", "baseline": "logistic"}
        places = {"cache": tmp_path / "cache", "out": tmp_path / "out"}
        return compare.run(Compare(**(options | places | changes)))

    return run


@pytest.mark.parametrize("folds", [0, 3])
def test_the_report_says_what_the_predictions_say(run, root, tmp_path, folds):
    told = run(folds=folds).values
    images = compare.sources.images_of(Compare(data=root))
    table = pd.read_csv(tmp_path / "out" / "predictions" / "logistic.csv")
    truth = images.labels[images.rows(table["id"].to_numpy(object))]
    for column, (name, figures) in enumerate(told["models"]["logistic"]["labels"].items()):
        np.testing.assert_array_equal(table[f"truth:{name}"], truth[:, column])
        assert roc_auc_score(truth[:, column], table[name]) == pytest.approx(figures["auc"])
        found = f1_score(truth[:, column], table[f"decision:{name}"])
        assert found == pytest.approx(figures["f1"], rel=0, abs=1e-12)
    assert ("fold" in table) == bool(folds)


def test_with_folds_every_image_is_evaluated_once(run):
    told = run(folds=3).values
    assert told["data"]["films"] == 72
    assert told["split"]["name"] == "3 folds by patient, seed 0"


@pytest.fixture(scope="module")
def own(root, tmp_path_factory):
    """Features of an extractor, and the figures that a classifier has on them."""
    folder = tmp_path_factory.mktemp("own")
    options = {"data": root, "cache": folder / "cache", "extractors": "orb_words"}
    images = compare.sources.images_of(Compare(data=root))
    found = asked_features.extract(images, Extract(**options, set=ORB)).features("orb_words")
    options |= {"classifiers": "logistic", "baseline": "logistic", "replicates": 50}
    run = compare.run(Compare(**options, set=SETTINGS, out=folder / "out"))
    return found, run.values["models"]["logistic"]


@pytest.mark.parametrize("name", embedded.FORMATS)
def test_features_from_a_file_give_the_figures_that_they_give_from_the_cache(
    name, own, run, tmp_path
):
    features, figures = own
    embedded.FORMATS[name](tmp_path / name, features.ids, features.values)
    file = f"mine:words={tmp_path / name}"
    given = run(extractors="", set="logistic.views=words", embeddings=[file]).values
    found = given["models"]["logistic"]
    assert found | {"fit_seconds": 0} == figures | {"fit_seconds": 0}
    facts = given["configuration"]["extractors"]["mine"]
    assert (facts["kind"], facts["width"]) == ("words", features.values.shape[1])


def test_an_embedding_from_a_file_is_named_with_its_digest_and_changes_a_resumed_run(
    run, root, tmp_path, capsys
):
    ids = [f"f{number}" for number in range(72)]
    values = np.random.default_rng(0).normal(size=(72, 3)).astype(np.float32)
    embedded.npz(tmp_path / "e.npz", ids, values)
    options = {"extractors": "", "set": "", "embeddings": [f"mine={tmp_path / 'e.npz'}"]}
    first = run(**options).values
    (used,) = first["backbones"]
    assert (used["name"], used["weights"]) == ("mine", str(tmp_path / "e.npz"))
    embedded.npz(tmp_path / "e.npz", ids, 1 - values[::-1])
    second = run(**options, resume=True).values
    assert "images or features have changed" in capsys.readouterr().err
    assert used["digest"] != second["backbones"][0]["digest"]
    assert first["models"]["logistic"]["macro_auc"] != second["models"]["logistic"]["macro_auc"]


def test_test_images_that_an_encoder_has_seen_are_a_caution_of_the_report(run, tmp_path):
    (tmp_path / "seen.txt").write_text("f0\n")
    values = run(folds=3, pretrained_on=tmp_path / "seen.txt").values
    (note,) = (each for each in values["cautions"] if "pretraining images" in each)
    assert "lists 1 image of 1 patient " in note
    values = run(folds=3, pretrained_on=tmp_path / "seen.txt", exclude_pretrained=True).values
    assert values["data"]["films"] == 70


def test_images_without_an_embedding_are_named_in_the_report(run, tmp_path):
    values = np.random.default_rng(0).normal(size=(71, 3)).astype(np.float32)
    embedded.npz(tmp_path / "e.npz", [f"f{number}" for number in range(71)], values)
    files = {"embeddings": [f"mine={tmp_path / 'e.npz'}"], "missing": "skip"}
    result = run(extractors="", set="", **files)
    assert result.exit_code == 1
    note = "set aside: 1 image without an embedding of mine, such as f71.png"
    assert note in result.values["data"]["notes"]


def test_the_auc_of_each_seed_is_reported(run):
    told = run(seeds=2).values
    assert len(told["models"]["logistic"]["macro_auc_by_seed"]) == 2


def test_every_fold_counts_how_often_each_label_is(run):
    told = run(folds=3).values["split"]["labels"]
    assert sum(part["positives"] for part in told["dark"].values()) == 24
    assert sum(part["films"] for part in told["coarse"].values()) == 72


def test_the_configuration_of_models_and_extractors_is_reported(run):
    chosen = run().values["configuration"]
    assert chosen["options"]["extractors"] == "orb_words"
    assert chosen["models"]["logistic"]["views"] == ["words"]
    assert chosen["extractors"]["orb_words"]["n_words"] == 8


def test_reference_baselines_stand_beside_the_models(run):
    floors = run().values["floors"]
    assert 0 < floors["micro_no_skill"] < 1
    assert 0 <= floors["metadata"]["macro_auc"] <= 1


def test_report_and_tables_are_written(run, tmp_path):
    run()
    assert json.loads((tmp_path / "out" / "report.json").read_text())["labels"] == [
        "coarse",
        "dark",
    ]
    assert (
        "metadata-only baseline (age, sex and view)"
        in (tmp_path / "out" / "report.html").read_text()
    )


def test_resuming_gives_the_same_report_without_training(run, monkeypatch):
    first = run().values
    monkeypatch.setattr("pipelines.comparing.run_cache._trained", lambda *_: 1 / 0)
    assert run(resume=True).values == first


def test_a_baseline_that_does_not_take_part_is_refused_with_both_ways_out():
    told = r"\(by default cnn\) .* Name one of these, or type --classifiers "
    with pytest.raises(InvalidOption, match=f"{told}cnn,dual_input,xgboost"):
        compare.run(Compare(classifiers="dual_input,xgboost"))


def test_fewer_than_one_training_is_refused(run):
    with pytest.raises(InvalidOption, match="--seeds must be at least 1; got 0"):
        run(seeds=0)


def test_too_few_replicates_are_refused_before_any_image_is_read(run, tmp_path):
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates; got 10"):
        run(data=tmp_path / "nowhere", replicates=10)


def test_a_hybrid_comes_with_its_controls_and_their_comparisons(run):
    told = run(
        classifiers="logistic,late_fusion",
        extractors="resnet50,orb_words",
        weights="random",
        image_size=32,
        set=SETTINGS.replace("logistic.views=words", "")
        + "late_fusion.members=logistic,logistic:words",
    ).values
    compared = [each["model"] for each in told["comparisons"]]
    assert compared == [
        "late_fusion",
        "late_fusion with shuffled visual words",
        "late_fusion with duplicated embedding",
    ]
    first, control, _ = told["comparisons"]
    assert first["setting"] == "Adding orb_words to the embedding"
    assert control["setting"] == "Among the width-matched controls"
    assert "p_holm" in first
    assert "p_holm" not in control


def test_score_gives_the_same_intervals_for_dicoms_whose_headers_name_patients(run, tmp_path):
    told = run(data=fakes.dicom(tmp_path / "films", 90), folds=3).values
    table = tmp_path / "out" / "predictions" / "logistic.csv"
    options = {"labels": tmp_path / "films", "scores": [f"logistic={table}"], "replicates": 50}
    again = score.run(Score(**options, out=tmp_path / "score")).values
    assert again["data"]["patients"] == told["data"]["patients"] == 45
    assert again["data"]["patients_from"] == told["data"]["patients_from"] == "DICOM headers"
    before, after = (each["models"]["logistic"] for each in (told, again))
    assert before["macro_auc_ci"] is not None
    for figure in ("macro_auc", "macro_auc_ci", "micro_auc", "micro_auc_ci"):
        assert after[figure] == before[figure]
    for figure in ("auc", "auc_ci", "auc_ci_delong"):
        assert after["labels"]["Effusion"][figure] == before["labels"]["Effusion"][figure]


def test_one_network_three_times_gains_nothing_over_once(run, tmp_path):
    path = onnx_networks.saved(tmp_path / "net.onnx", ("n", 3, 24, 24))
    names = ("once", "twice", "thrice")
    told = run(
        extractors="",
        network=[f"{name}={path}" for name in names],
        set="onnx_file.scale=unit ensemble.member=logistic",
        classifiers="logistic:once,logistic,ensemble",
        baseline="logistic:once",
        folds=3,
    ).values
    assert told["models"]["logistic:once"]["macro_auc"] < 1
    for each in told["comparisons"]:
        assert each["delta_macro_auc"] == pytest.approx(0, abs=0.02)
        assert each["ci"][0] <= 0 <= each["ci"][1]
    assert [each["name"] for each in told["backbones"]] == [*names]


def test_another_hospital_is_evaluated_by_the_models_of_this_one(run, tmp_path):
    (tmp_path / "other").mkdir()
    other = written(tmp_path / "other", range(70, 130), "Coarse,other")
    told = run(external=[f"B={other}"], recalibrate=20, folds=3)
    site = told.values["external"]["B"]
    # Two images are in both data sets.
    assert (site["films"], site["labels"], site["trainings"]) == (58, ["coarse"], 3)
    assert any("2 images of B left out" in note for note in site["notes"])
    table = pd.read_csv(tmp_path / "out" / "predictions" / "external" / "B" / "logistic.csv")
    auc = roc_auc_score(table["truth:coarse"], table["coarse"])
    assert site["models"]["logistic"]["labels"]["coarse"]["auc"] == pytest.approx(auc)
    assert site["drop"]["logistic"]["outside"] == pytest.approx(auc)
    assert "on B: 58 images of 29 patients; coarse" in told.text
    assert "On B</h2>" in (tmp_path / "out" / "report.html").read_text()
    assert (tmp_path / "out" / "tables" / "external_drop.csv").is_file()


def test_external_features_come_from_the_vocabulary_of_the_training_images(run, tmp_path, capsys):
    (tmp_path / "other").mkdir()
    other = written(tmp_path / "other", range(100, 130))
    alone, both = run(), run(external=[f"B={other}"], out=tmp_path / "both")
    for values in (alone.values, both.values):
        values["models"]["logistic"].pop("fit_seconds")
    assert both.values["models"] == alone.values["models"]
    assert len([*(tmp_path / "cache").glob("orb_words-*/learned-*.npz")]) == 1
    assert "features cached: orb_words 0 of 30 images" in capsys.readouterr().err


def test_wrong_calls_and_suspect_labels_are_shown_and_corrected_ones_evaluated(run, tmp_path):
    told = run(audit=True).values
    audited = tmp_path / "out" / "audit"
    assert {path.name for path in audited.iterdir()} == {
        "suspects.csv",
        "images.csv",
        "sheet-1.png",
    }
    assert told["failures"]["model"] == "logistic"
    assert "no_pictures" not in told["audit"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("data:image/webp") == 1 + bool(told["failures"]["wrong_calls"])
    table = pd.read_csv(audited / "suspects.csv")
    table["corrected"] = (1 - table["current"]).where(table.index < 3).astype("Int64")
    table.to_csv(audited / "suspects.csv", index=False)
    again = run(corrections=audited / "suspects.csv", out=tmp_path / "other").values
    assert sum(again["corrected_labels"]["changed"].values()) == 3
    assert again["corrected_labels"]["models"].keys() == {"logistic"}
    assert any("labels were corrected" in each for each in again["cautions"])


def test_averages_over_augmented_images_are_models_of_their_own(run, tmp_path):
    found = run(tta=2)
    assert list(found.values["models"]) == ["logistic", "logistic+tta"]
    (pair,) = found.values["comparisons"]
    assert (pair["model"], pair["baseline"]) == ("logistic+tta", "logistic")
    plain, averaged, spread = (
        pd.read_csv(tmp_path / "out" / path).set_index("id")["coarse"]
        for path in (
            "predictions/logistic.csv",
            "predictions/logistic_tta.csv",
            "spread/logistic_tta.csv",
        )
    )
    assert (plain != averaged).any()
    assert (spread > 0).any()
    assert "logistic+tta averages the probabilities" in " ".join(found.text.split())


def test_changed_images_are_evaluated_and_kept_with_trainings(run, root, tmp_path, monkeypatch):
    options = {"robustness": True, "changes": "noise", "severities": "2,5"}
    values = run(**options).values
    found, model = values["robustness"], values["models"]["logistic"]
    own = found["unchanged"]["logistic"]["figures"]["macro_auc"]
    assert (own["value"], own["ci"]) == (model["macro_auc"], model["macro_auc_ci"])
    loss = found["changed"]["noise"]["5"]["logistic"]["figures"]["loss"]
    (path,) = (tmp_path / "out").rglob("*-logistic.npz")
    kept = np.load(path)
    images = compare.sources.images_of(Compare(data=root))
    truth = images.labels[images.rows(kept["ids"].astype(object))]
    after = roc_auc_score(truth, kept["changed noise 5"], average="macro")
    assert loss["value"] == pytest.approx(model["macro_auc"] - after)
    assert 'id="robustness"' in (tmp_path / "out" / "report.html").read_text()
    monkeypatch.setattr("features.extraction_loop.prepare", None)
    assert run(**options, resume=True).values["robustness"] == found
