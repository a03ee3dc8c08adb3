import json
import shlex

import numpy as np
import pandas as pd
import pytest

import cli
from errors import BadScores, InvalidOption
from evaluation.auc import label_aucs, macro
from pipelines import score
from pipelines.command_options import Score

# Whole commands, whose seconds add up.
pytestmark = pytest.mark.slow

LABELS = ["Edema", "Hernia"]
N_IMAGES, N_REPLICATES = 80, 60


def frame():
    rng = np.random.default_rng(3)
    labels = (rng.random((N_IMAGES, 2)) < 0.4).astype(int)
    return pd.DataFrame(
        {
            "image": [f"{number:03}.png" for number in range(N_IMAGES)],
            "patient": [f"p{number // 2}" for number in range(N_IMAGES)],
            "sex": ["F", "F", "M", "M"] * (N_IMAGES // 4),
            **dict(zip(LABELS, labels.T, strict=True)),
        }
    )


def probabilities(noise, seed=4):
    labels = frame()[LABELS].to_numpy(float)
    blurred = labels + np.random.default_rng(seed).normal(scale=noise, size=labels.shape)
    return pd.DataFrame(1 / (1 + np.exp(-blurred)), frame()["image"], LABELS)


@pytest.fixture
def files(tmp_path):
    frame().to_csv(tmp_path / "labels.csv", index=False)
    probabilities(0.5).add_prefix("prob_").to_csv(tmp_path / "sharp.csv")
    probabilities(3).sample(frac=1, random_state=0).to_csv(tmp_path / "vague.csv")
    return tmp_path


@pytest.fixture
def run(files):
    def run(*scores, **options):
        named = [f"{name.partition('.')[0]}={files / name}" for name in scores]
        options = {"labels": files / "labels.csv", "out": files / "out", **options}
        return score.run(Score(scores=named, **{"replicates": N_REPLICATES} | options))

    return run


def test_given_thresholds_decide_and_are_next_to_the_predictions(run, files):
    report = run("sharp.csv", thresholds="Edema=0.6").values
    edema, hernia = (report["models"]["sharp"]["labels"][label] for label in LABELS)
    assert (edema["threshold"], hernia["threshold"]) == (0.6, None)
    assert (
        report["models"]["sharp"]["metrics"]["sensitivity"]["labels"]["Edema"]["value"]
        == (edema["recall"])
    )
    table = pd.read_csv(files / "out" / "predictions" / "sharp.csv")
    assert (table["decision:Edema"] == (table["Edema"] >= 0.6)).all()
    assert table["decision:Hernia"].isna().all()


def test_thresholds_of_unknown_labels_are_refused_before_anything_is_written(run, files):
    with pytest.raises(InvalidOption, match="--thresholds must name labels"):
        run("sharp.csv", thresholds="Fracture=0.6")
    assert not (files / "out").exists()


def test_many_images_of_one_patient_make_no_claim(run, files):
    frame().assign(patient="p").to_csv(files / "labels.csv", index=False)
    result = run("sharp.csv", "vague.csv")
    (pair,) = result.values["comparisons"]
    reason = "the 80 images come from 1 patient; at least 20 are needed"
    assert (pair["ci"], pair["p"], pair["p_holm"], pair["ci_missing"]) == (None, None, None, reason)
    assert result.text.splitlines()[0].endswith("[no interval].")
    assert f"No interval or test: {reason}." in " ".join(result.text.split())
    assert "lowers" not in result.text
    page = (files / "out" / "report.html").read_text()
    assert "No interval or test for macro AUC of sharp, micro AUC of sharp, macro AUC" in page
    assert "A hollow point has no interval" in page
    labels = result.values["models"]["sharp"]["labels"]["Edema"]
    assert labels["auc_ci"] is labels["auc_ci_delong"] is None
    assert labels["auc_ci_missing"] == reason


def test_replicates_too_few_to_correct_for_three_models_are_named(run, files):
    for name in ("b", "c", "d"):
        probabilities(3, seed=sum(map(ord, name))).to_csv(files / f"{name}.csv")
    result = run("sharp.csv", "b.csv", "c.csv", "d.csv", replicates=60)
    assert [each["replicates_needed"] for each in result.values["comparisons"]] == [119] * 3
    assert "at least 119 are needed (--replicates 119)" in result.text
    assert "lowers" in run("sharp.csv", "b.csv", "c.csv", "d.csv", replicates=119).text


def test_every_two_models_are_compared_once_and_p_is_corrected_for_all(run, files):
    probabilities(3, seed=9).to_csv(files / "other.csv")
    pairs = run("sharp.csv", "vague.csv", "other.csv", pairs="all").values["comparisons"]
    named = [(pair["model"], pair["baseline"]) for pair in pairs]
    assert named == [("vague", "sharp"), ("other", "sharp"), ("other", "vague")]
    assert max(pair["p_holm"] for pair in pairs[:2]) == pytest.approx(3 * 2 / (1 + N_REPLICATES))
    page = (files / "out" / "report.html").read_text()
    assert "the model of the row minus that of the column" in page
    assert (files / "out" / "tables" / "pairs.csv").is_file()


@pytest.mark.parametrize(
    ("option", "reason"),
    [({"margin": 0.0}, "--margin must be"), ({"pairs": "both"}, "--pairs must be one of")],
)
def test_tests_that_make_no_sense_are_refused_before_any_table_is_read(tmp_path, option, reason):
    with pytest.raises(InvalidOption, match=reason):
        score.run(Score(labels=tmp_path, scores=["a=nowhere.csv"], **option))


def test_figures_are_those_of_the_scores(run):
    values = run("sharp.csv").values
    expected = label_aucs(frame()[LABELS].to_numpy(float), probabilities(0.5).to_numpy())
    figures = values["models"]["sharp"]
    assert figures["macro_auc"] == pytest.approx(macro(expected))
    assert figures["labels"]["Hernia"]["auc"] == pytest.approx(expected[1])
    assert values["data"] | {"films": 80, "patients": 40} == values["data"]
    assert values["comparisons"] == []


def test_report_json_holds_what_the_command_gives_back(run, files):
    result = run("sharp.csv", "vague.csv")
    assert json.loads((files / "out" / "report.json").read_text()) == result.values
    for key in ("synthetic", "data", "split", "labels", "seed", "versions", "floors", "models"):
        assert key in result.values
    assert str(files / "out" / "report.html") in result.text


def test_a_worse_model_is_found_worse_whatever_the_order_of_its_rows(run):
    result = run("sharp.csv", "vague.csv")
    (comparison,) = result.values["comparisons"]
    assert comparison["ci"][1] < 0
    assert comparison["p"] <= 0.05
    assert result.text.startswith("Using vague in place of sharp lowers macro AUC by")


def test_equal_files_differ_by_nothing_with_p_of_one(run, files):
    (files / "again.csv").write_bytes((files / "sharp.csv").read_bytes())
    (comparison,) = run("sharp.csv", "again.csv").values["comparisons"]
    assert (comparison["delta_macro_auc"], comparison["ci"], comparison["p"]) == (0, [0, 0], 1)


@pytest.mark.parametrize(("labels", "scored"), [(".png", ""), ("", ".png"), (".png", ".JPG")])
def test_ids_fit_with_or_without_the_extension_of_images(run, files, capsys, labels, scored):
    expected = run("sharp.csv", "vague.csv").values["models"]
    table, named = frame(), files / "labels.csv"
    stems = table["image"].str.removesuffix(".png")
    table.assign(image=stems + labels).to_csv(named, index=False)
    other = probabilities(0.5)
    other.index = (stems + scored).to_numpy()
    other.to_csv(files / "sharp.csv", index_label="image")
    same = probabilities(3)
    same.index = (stems + labels).to_numpy()
    same.sample(frac=1, random_state=0).to_csv(files / "vague.csv", index_label="image")
    found = run("sharp.csv", "vague.csv").values["models"]
    assert found["sharp"]["macro_auc_ci"] == expected["sharp"]["macro_auc_ci"]
    assert found["vague"]["labels"] == expected["vague"]["labels"]
    assert "sharp: 80 images match by file name" in capsys.readouterr().err


def test_ids_that_two_images_may_mean_are_not_matched():
    known = np.array(["a.png", "a.dcm", "b.png", "v1.2"], object)
    ids = np.array(["a", "b", "v1"], object)
    told = score.matched_by_stem(score.Scores("m", ids, np.full((3, 1), 0.5), ("x",)), known)
    assert told.ids.tolist() == ["a", "b.png", "v1"]
    both = np.array(["b", "b.png"], object)
    told = score.matched_by_stem(score.Scores("m", both, np.full((2, 1), 0.5), ("x",)), known)
    assert told.ids.tolist() == ["b", "b.png"]


def test_the_baseline_is_the_first_model_or_the_one_named(run):
    for options, baseline in (({}, "sharp"), ({"baseline": "vague"}, "vague")):
        (comparison,) = run("sharp.csv", "vague.csv", **options).values["comparisons"]
        assert comparison["baseline"] == baseline
    with pytest.raises(InvalidOption, match="one of sharp, vague; got 'vage'"):
        run("sharp.csv", "vague.csv", baseline="vage")


def test_groups_come_from_the_label_table(run):
    groups = run("sharp.csv").values["subgroups"]["sharp"]
    assert list(groups) == ["sex"]
    assert {name: told["films"] for name, told in groups["sex"]["groups"].items()} == {
        "F": 40,
        "M": 40,
    }


def test_other_images_are_refused_with_the_counts_unless_those_in_common_do(run, files):
    lines = (files / "vague.csv").read_text().splitlines()
    (files / "fewer.csv").write_text("\n".join([*lines[:61], "unknown.png,0.5,0.5"]))
    with pytest.raises(BadScores, match="sharp has 80, fewer 61, and 60 are in both"):
        run("sharp.csv", "fewer.csv")
    assert run("sharp.csv", "fewer.csv", intersect=True).values["data"]["films"] == 60


def test_images_without_labels_are_refused_unless_they_may_be_left_out(run, files):
    frame().iloc[:70].to_csv(files / "labels.csv", index=False)
    with pytest.raises(BadScores, match=r"10 of 80 are not, such as '070\.png'"):
        run("sharp.csv")
    assert run("sharp.csv", intersect=True).values["data"]["films"] == 70


def test_findings_choose_labels(run):
    values = run("sharp.csv", "vague.csv", findings="Hernia").values
    assert values["labels"] == list(values["models"]["vague"]["labels"]) == ["Hernia"]


def test_no_positive_image_is_refused_and_nothing_is_written(run, files):
    frame().assign(Edema=0, Hernia=0).to_csv(files / "labels.csv", index=False)
    with pytest.raises(BadScores, match="none of Edema, Hernia has both"):
        run("sharp.csv")
    assert not (files / "out").exists()


@pytest.mark.parametrize(
    "text",
    [
        *("scores.csv", "=scores.csv", "../up=scores.csv", "a/b=x.csv", "-a=x.csv", ".a=x.csv"),
        *("a\x1b=x.csv", "con=x.csv", f"{'x' * 300}=x.csv"),
    ],
)
def test_a_model_needs_a_name_that_can_name_a_file(files, text):
    with pytest.raises(InvalidOption, match="Type --scores model=FILE"):
        score.run(Score(labels=files / "labels.csv", scores=[text]))


def test_two_models_of_one_name_are_refused_in_capitals_too(run, files):
    names = [f"{name}={files / 'sharp.csv'}" for name in ("cnn", "CNN")]
    with pytest.raises(InvalidOption, match="each once"):
        score.run(Score(labels=files / "labels.csv", scores=names))
    with pytest.raises(InvalidOption, match="each once"):
        run("sharp.csv", "sharp.csv")


def test_a_seed_below_0_is_refused(run):
    with pytest.raises(InvalidOption, match="--seed must be at least 0; got -1"):
        run("sharp.csv", seed=-1)


def test_too_few_replicates_are_refused_before_any_table_is_read(tmp_path):
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates; got 5"):
        score.run(Score(labels=tmp_path, scores=["a=nowhere.csv"], replicates=5))


def test_the_seed_moves_intervals_alone(run):
    first, again, other = (
        run("vague.csv", seed=seed).values["models"]["vague"] for seed in (0, 0, 1)
    )
    assert first == again
    assert first["macro_auc"] == other["macro_auc"]
    assert first["macro_auc_ci"] != other["macro_auc_ci"]


def test_the_command_in_the_report_gives_the_same_figures(run, files, capsys):
    first = run("sharp.csv", "vague.csv", baseline="vague", seed=5, findings="Hernia").values
    words = shlex.split(first["command"])[2:]
    assert cli.main([*words, "--out", str(files / "again"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["models"] == first["models"]
    assert again["comparisons"] == first["comparisons"]


def test_our_own_predictions_can_be_scored_again(run, files):
    first = run("sharp.csv").values
    (files / "sharp.csv").write_bytes((files / "out" / "predictions" / "sharp.csv").read_bytes())
    assert run("sharp.csv").values["models"] == first["models"]


@pytest.mark.real
@pytest.mark.long
def test_public_chexnet_scores_have_their_known_figures(real_data, tmp_path):
    table = real_data / "nih_metadata" / "Data_Entry_2017_v2020.csv.gz"
    known = pd.read_csv(real_data / "chexnet" / "preds.csv", index_col=0)
    noise = np.random.default_rng(0).normal(scale=1e-3, size=known.shape)
    (known * (1 + noise)).clip(0, 1).to_csv(tmp_path / "near.csv")
    scores = [f"chexnet={real_data / 'chexnet' / 'preds.csv'}", f"near={tmp_path / 'near.csv'}"]
    values = score.run(Score(labels=table, scores=scores, margin=0.005, out=tmp_path)).values
    assert values["comparisons"][0]["answer"] == "equivalent"
    figures = values["models"]["chexnet"]
    assert (values["data"]["films"], len(values["labels"])) == (22_433, 14)
    assert values["split"]["name"] == "CheXNet random"
    assert figures["macro_auc"] == pytest.approx(0.8383, abs=5e-5)
    assert figures["micro_auc"] == pytest.approx(0.8814, abs=5e-5)
    assert values["floors"]["micro_no_skill"] == pytest.approx(0.7463, abs=5e-5)
    assert values["floors"]["prevalences_of"] == "evaluated images"
    for label, auc in (("Cardiomegaly", 0.9090), ("Hernia", 0.9175)):
        assert figures["labels"][label]["auc"] == pytest.approx(auc, abs=5e-5)


@pytest.mark.parametrize("columns", [["COVID", "NORMAL"], ["COVID"], ["NORMAL"]])
def test_one_column_of_classes_is_evaluated_as_one_label_of_two(tmp_path, columns):
    rng = np.random.default_rng(0)
    sick = rng.random(60) < 0.5
    chance = np.clip(0.3 + 0.4 * sick + rng.normal(0, 0.2, 60), 0.01, 0.99)
    table = pd.DataFrame({"id": [f"i{row}" for row in range(60)]})
    table.assign(diagnosis=np.where(sick, "COVID", "NORMAL")).to_csv(
        tmp_path / "l.csv", index=False
    )
    scores = table.assign(COVID=chance, NORMAL=1 - chance)[["id", *columns]]
    scores.to_csv(tmp_path / "s.csv", index=False)
    places = {"labels": tmp_path / "l.csv", "out": tmp_path / "out"}
    told = score.run(Score(**places, scores=[f"mine={tmp_path / 's.csv'}"], replicates=50)).values
    assert (told["task"], told["classes"], told["labels"]) == (
        "exclusive",
        ["COVID", "NORMAL"],
        ["COVID"],
    )
    right = np.mean((chance >= 0.5) == sick)
    assert told["models"]["mine"]["metrics"]["accuracy"]["value"] == pytest.approx(right)
    assert np.sum(told["models"]["mine"]["classes"]["confusion"]) == 60


@pytest.mark.parametrize(("unit", "pool"), [("study", "mean"), ("study:max", "max")])
def test_studies_are_evaluated_by_the_pooled_probabilities_of_their_images(run, files, unit, pool):
    studies = [f"s{number // 2}" for number in range(N_IMAGES)]
    table = frame().assign(study=studies)
    table[LABELS] = table.groupby("study")[LABELS].transform("max")
    table.to_csv(files / "labels.csv", index=False)
    report = run("sharp.csv", unit=unit).values
    labels = table.groupby("study", sort=False)[LABELS].max().to_numpy(float)
    values = probabilities(0.5).groupby(studies, sort=False).agg(pool).to_numpy()
    by_hand = macro(label_aucs(labels, values))
    assert report["models"]["sharp"]["macro_auc"] == pytest.approx(by_hand, abs=1e-6)
    assert (report["data"]["unit"], report["data"]["films"]) == (unit, N_IMAGES // 2)
    assert report["data"]["notes"][-1].startswith("unit: study. 80 images are 40 studies")


def test_studies_need_a_column_of_studies(run):
    with pytest.raises(InvalidOption, match="--unit study needs a data set that names studies"):
        run("sharp.csv", unit="study")


def test_an_audit_lists_the_labels_that_were_flipped_and_takes_them_back(run, files):
    """Of the labels of a sharp model, five are flipped, found again and corrected."""
    labels = pd.read_csv(files / "labels.csv")
    labels.loc[:4, "Edema"] = 1 - labels.loc[:4, "Edema"]
    labels.to_csv(files / "labels.csv", index=False)
    (0.9 * frame().set_index("image")[LABELS] + 0.05).to_csv(files / "sharp.csv")
    told = run("sharp.csv", audit=True)
    assert "audit/suspects.csv lists the 40 most suspect labels of 80 images" in told.text
    assert told.values["audit"]["no_pictures"] == "no image files are at hand"
    path = files / "out" / "audit" / "suspects.csv"
    table = pd.read_csv(path)
    first = table[
        (table["label"] == "Edema") & table["probability"].sub(table["current"]).abs().gt(0.5)
    ]
    assert sorted(first["image"]) == [f"{number:03}.png" for number in range(5)]
    assert first["rank"].max() <= 5
    table["corrected"] = (1 - table["current"]).where(table.index.isin(first.index)).astype("Int64")
    table.to_csv(path, index=False)
    again = run("sharp.csv", corrections=path).values
    assert again["corrected_labels"]["changed"] == {"Edema": 5}
    before = again["corrected_labels"]["models"]["sharp"]
    assert before["macro_auc"] == told.values["models"]["sharp"]["macro_auc"]
    assert again["models"]["sharp"]["macro_auc"] > before["macro_auc"]


def test_an_audit_of_studies_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InvalidOption, match="--audit ranks the labels of images; got --unit"):
        score.run(Score(labels=tmp_path / "no.csv", scores=[], audit=True, unit="study"))
