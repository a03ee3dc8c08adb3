import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import cli
from datasets import image_files
from datasets.loading import load
from datasets.options import Reading
from errors import InvalidOption
from evaluation.conformal import Bounds
from features.extractors.orb_words import OrbWords
from inference.bundle_options import Predict
from models import bundle
from models.bundled_bounds import AveragedBounds
from models.views import Block, Views
from pipelines import predict
from reports import score_files
from tests import fakes


@pytest.fixture
def run(place, tmp_path):
    def run(*image, **changes):
        options = {"bundle": place / "bundle", "out": tmp_path / "out"}
        return predict.run(Predict(image=list(image), **(options | changes)))

    return run


def test_tables_and_lines_tell_the_same_of_all_images(run, place, tmp_path):
    result = run(place / "films")
    table = pd.read_csv(tmp_path / "out" / "findings.csv")
    lines = [
        json.loads(line) for line in (tmp_path / "out" / "findings.jsonl").read_text().splitlines()
    ]
    wide = pd.read_csv(tmp_path / "out" / "scores.csv")
    from_lines = [each["probability"] for line in lines for each in line["findings"]]
    assert len(table) == 2 * 60
    assert table["probability"].tolist() == from_lines
    assert wide[["sick", "well"]].to_numpy().ravel().tolist() == from_lines
    assert result.exit_code == 0


def test_embeddings_from_a_file_are_taken_by_name_and_asked_for(run, embedded):
    options = {"bundle": embedded / "bundle", "embeddings": [f"mine={embedded / 'e.npz'}"]}
    assert run(embedded / "films", **options).values["films"] == 60
    with pytest.raises(InvalidOption, match="type --embeddings mine=FILE"):
        run(embedded / "films", bundle=embedded / "bundle")
    with pytest.raises(InvalidOption, match="Leave --tta out"):
        run(embedded / "films", **options, tta=2)
    with pytest.raises(InvalidOption, match="Leave --cluster out"):
        run(embedded / "films", **options, cluster="local:2")


def test_an_image_without_an_embedding_is_skipped_if_asked(run, embedded, tmp_path):
    fakes.write_picture(tmp_path / "other.png", size=128)
    files = [f"mine={embedded / 'e.npz'}"]
    options = {"bundle": embedded / "bundle", "embeddings": files, "missing": "skip"}
    result = run(embedded / "films" / "sick", tmp_path / "other.png", **options)
    assert (result.values["films"], result.exit_code) == (30, 1)
    assert list(result.values["skipped"]) == ["other.png"]


def test_predictions_from_a_file_are_those_of_the_classifier(run, embedded):
    """Another way: the bundle's classifier on arrays put together by hand."""
    made = bundle.load(embedded / "bundle")
    path = embedded / "films" / "sick" / "f0.png"
    words = made.views["orb_words"].extractor().transform([image_files.read(path)])
    with np.load(embedded / "e.npz") as kept:
        deep = kept["features"][kept["ids"] == "sick/f0.png"]
    blocks = {"mine": Block(deep, "deep"), "orb_words": Block(words, "words")}
    expected = made.findings(Views({name: blocks[name] for name in made.classifier.view_names_}))
    files = [f"mine={embedded / 'e.npz'}"]
    shown = run(path, bundle=embedded / "bundle", embeddings=files).values["shown"]
    found = [each["raw_probability"] for each in shown[0]["findings"]]
    np.testing.assert_allclose(found, expected.raw[0], rtol=1e-6)


def test_predict_takes_the_features_of_a_data_set_from_the_cache(run, place, monkeypatch):
    options = {"data": place / "films", "cache": place / "cache"}
    computed = run(**options | {"cache": place / "no-cache"}).values["shown"]
    described, describe = [], OrbWords.describe
    monkeypatch.setattr(
        OrbWords, "describe", lambda *given: described.append(1) or describe(*given)
    )
    assert run(**options).values["shown"] == computed
    # An image of noise, when the bundle is loaded.
    assert len(described) == 1
    assert not (place / "no-cache").exists()


@pytest.mark.parametrize("name", ["findings.csv", "scores.csv"])
def test_score_reads_both_tables_back(run, place, tmp_path, name):
    run(place / "films")
    known = load(Reading(data=place / "films", task="multilabel"))
    scores = score_files.read("mine", tmp_path / "out" / name, known.label_names)
    wide = pd.read_csv(tmp_path / "out" / "scores.csv").set_index("id")
    expected = wide.loc[scores.ids, list(scores.label_names)].to_numpy()
    np.testing.assert_array_equal(scores.probabilities, expected)
    assert len(scores.ids) == 60


def test_images_that_cannot_be_read_are_listed_and_make_the_exit_code_1(place, tmp_path, capsys):
    (tmp_path / "broken.png").write_bytes(b"no film")
    fakes.write_picture(tmp_path / "good.png", size=128)
    out = tmp_path / "out"
    flags = ["--bundle", str(place / "bundle"), "--out", str(out)]
    images = [str(tmp_path / name) for name in ("broken.png", "good.png")]
    assert cli.main(["predict", *images, *flags]) == 1
    reason = "neither PNG, JPEG nor DICOM"
    assert pd.read_csv(out / "skipped.csv").to_numpy().tolist() == [["broken.png", reason]]
    assert f"skipped broken.png: {reason}" in capsys.readouterr().out
    assert pd.read_csv(out / "scores.csv")["id"].tolist() == ["good.png"]


def test_files_go_where_they_are_told_to(run, place, tmp_path):
    image = next((place / "films").rglob("*.png"))
    named = {name: tmp_path / f"my.{name}" for name in ("csv", "jsonl", "scores")}
    run(image, **named)
    assert all(path.is_file() for path in named.values())


def test_negatives_and_positives_of_a_dicom_are_told_the_same(run, tmp_path):
    plane = fakes.picture(1, 128)
    plane[:, :64] //= 2
    white = fakes.write_dicom(tmp_path / "white.dcm", plane)
    black = fakes.write_dicom(
        tmp_path / "black.dcm", 255 - plane, PhotometricInterpretation="MONOCHROME1"
    )
    first, second = run(white, black).values["shown"]
    for one, other in zip(first["findings"], second["findings"], strict=True):
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-3)


def test_nothing_of_a_dicoms_person_is_told(run, tmp_path):
    path = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(1, 128), PatientID="P4711")
    result = run(path)
    told = result.text + json.dumps(result.values)
    told += "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert not any(tag in told for tag in ("Doe", "P4711", "19500101"))


def test_the_text_names_findings_and_how_many_more_images_there_are(run, place):
    text = run(place / "films").text
    assert "60 images in" in text
    assert "… and 40 more" in text
    assert "sick 0." in text


def test_a_label_without_a_threshold_is_not_decided_and_one_warning_names_it(
    run, place, undecided, tmp_path, capsys
):
    result = run(place / "films", bundle=undecided)
    table = pd.read_csv(tmp_path / "out" / "findings.csv")
    by_label = table.groupby("label")["finding"].agg(set)
    assert by_label["sick"] == {"not decided"}
    assert by_label["well"] <= {"yes", "no"}
    for line in (tmp_path / "out" / "findings.jsonl").read_text().splitlines():
        told = {each["label"]: each for each in json.loads(line)["findings"]}
        assert told["sick"]["present"] is told["sick"]["threshold"] is None
        assert told["well"]["present"] == (told["well"]["probability"] >= 0.5)
    assert not any("sick" in line for line in result.lines)
    (warning,) = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert warning.startswith("warning: not decided")
    assert warning.endswith(": sick")


def test_a_bundle_that_abstains_answers_and_reports_coverage(run, place, tmp_path):
    options = {"data": place / "films", "cache": place / "cache", "task": "multilabel"}
    result = run(abstain=0.5, **options)
    table = pd.read_csv(tmp_path / "out" / "findings.csv")
    assert set(table["answer"]) <= {"present", "absent", "cannot say"}
    found = result.values["abstention"]
    assert found["answered"] == (table["answer"] != "cannot say").sum()
    assert found["labels"].keys() == {"sick", "well"}
    assert 0 <= found["labels"]["sick"]["with_finding"]["coverage"] <= 1
    assert f"answers for {found['answered']}" in result.text
    assert "cannot say for" in result.lines[1]


def test_averages_are_answered_by_the_bounds_of_averages(run, place, tmp_path):
    with pytest.raises(InvalidOption, match=r"bounds of --tta .* has none"):
        run(place / "films" / "sick", abstain=0.5, tta=2)
    made = bundle.load(place / "bundle")
    half = np.full_like(made.bounds.lowest, 0.5)
    own = Bounds(half, half, np.full((2, 2), 50))
    bundle.save(replace(made, averaged_bounds=AveragedBounds(2, own)), tmp_path / "averaging")
    run(place / "films" / "sick", bundle=tmp_path / "averaging", abstain=0.5, tta=2)
    table = pd.read_csv(tmp_path / "out" / "findings.csv")
    expected = np.where(table["probability"] > 0.5, "present", "absent")
    assert table["answer"].tolist() == expected.tolist()


def test_labels_of_too_few_validation_patients_are_named_once(run, place, tmp_path, capsys):
    run(place / "films", abstain=0.01)
    assert set(pd.read_csv(tmp_path / "out" / "findings.csv")["answer"]) == {"cannot say"}
    (warning,) = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert "cannot be guaranteed for sick, well: fewer than 99 validation patients" in warning


def test_images_from_elsewhere_whose_coverage_is_low_make_a_warning(
    run, place, tmp_path, monkeypatch, capsys
):
    """Patients differ on purpose: all findings of this data set are called by the wrong name."""
    made = bundle.load(place / "bundle")
    enough = np.full((2, 2), 50)
    never = np.full_like(made.bounds.lowest, 2.0)
    forged = Bounds(never, never, enough)
    bundle.save(replace(made, bounds=forged), tmp_path / "forged")
    options = {"data": place / "films", "cache": place / "cache", "task": "multilabel"}
    run(bundle=tmp_path / "forged", abstain=0.1, **options)
    assert "these images differ from the validation images" in capsys.readouterr().err


def test_an_image_of_labels_that_are_all_undecided_is_not_called_free_of_them():
    undecided = predict.Finding("Mass", 0.9, 0.9, None, None)
    decided = predict.Finding("Edema", 0.1, 0.1, 0.5, False)
    assert predict.line(predict.Prediction("a", (undecided,))) == "  a: nothing decided"
    both = predict.Prediction("a", (undecided, decided))
    assert predict.line(both) == "  a: no finding present"


def test_images_unlike_the_training_images_are_marked_and_named(run, tmp_path, capsys):
    """Blank images in place of noise: each of them differs, and so do all together."""
    for number in range(50):
        Image.fromarray(np.full((96, 96), 200 + number % 2, np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    values = run(tmp_path / "*.png").values
    table = pd.read_csv(tmp_path / "out" / "findings.csv")
    marked = table["warnings"].str.contains("unlike the training images: distance")
    assert marked.groupby(table["id"]).any().sum() == values["drift"]["unlike"]
    drift = pd.read_csv(tmp_path / "out" / "drift.csv").set_index("quantity")
    assert drift.loc["contrast", "shifted"]
    assert drift.loc["contrast", "median"] < drift.loc["contrast", "training_median"]
    assert drift["psi"].to_dict() == {
        name: pytest.approx(each["psi"]) for name, each in values["drift"]["quantities"].items()
    }
    assert "these 50 images are unlike the training images in contrast" in capsys.readouterr().err


def test_a_bundle_of_an_earlier_version_says_that_it_compares_nothing(run, place, tmp_path, capsys):
    made = bundle.load(place / "bundle")
    bundle.save(replace(made, reference=None), tmp_path / "earlier")
    values = run(place / "films" / "sick", bundle=tmp_path / "earlier").values
    assert values["drift"] is None
    assert "images are not compared with the training images" in capsys.readouterr().err
    assert len(pd.read_csv(tmp_path / "out" / "drift.csv")) == 0


def test_the_training_images_themselves_have_not_shifted(run, place):
    quantities = run(place / "films").values["drift"]["quantities"]
    assert not any(each["shifted"] for each in quantities.values())
