import json
import re

import pytest

from pipelines import train
from pipelines.command_options import Train
from reports import model_card
from reports.model_card import CARD
from tests.bundles import SMALL

# Of Mitchell et al., Model Cards for Model Reporting (2019).
HEADINGS = [
    *("Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data"),
    *("Quantitative analyses", "Ethical considerations", "Caveats and recommendations"),
]


@pytest.fixture(scope="module")
def trained(place, tmp_path_factory):
    """What `train` found, the bundle's folder, and the card in it."""
    folder = tmp_path_factory.mktemp("trained") / "bundle"
    options = {"classifier": "logistic", "extractors": "orb_words", "set": SMALL}
    places = {"data": place / "films", "cache": place / "cache", "out": folder}
    result = train.run(Train(**options, **places))
    return result.values, folder, (folder / CARD).read_text()


def row(card, name):
    (line,) = re.findall(rf"^\| {name} \| (.*) \|$", card, re.MULTILINE)
    return line.split(" | ")


def test_the_headings_are_those_of_model_cards(trained):
    assert re.findall(r"^## (.*)$", trained[2], re.MULTILINE) == HEADINGS


def test_nothing_is_left_to_fill_in(trained):
    assert "$" not in trained[2]
    assert "None" not in trained[2]


def test_figures_are_those_that_train_found(trained):
    values, _, card = trained
    told = values["models"]["logistic"]
    assert row(card, r"macro AUC, over 2 of 2 labels") == [
        rf"{told['macro_auc']:.3f} [no interval]"
    ]
    floor = f"{values['floors']['micro_no_skill']:.3f}"
    assert row(card, "micro AUC of no skill, prevalences of training films") == [floor]


def test_figures_of_few_test_patients_have_a_reason_in_place_of_an_interval(trained):
    values, _, card = trained
    (note,) = (note for note in values["notes"] if note.startswith("no interval"))
    assert note == (
        "no interval or test for macro AUC, micro AUC, sick, well: each image counts as one"
        " patient, which makes 12; at least 20 are needed"
    )
    assert f"\n- {note}\n" in card


def test_every_label_has_its_counts_and_its_threshold(trained):
    _, folder, card = trained
    told = json.loads((folder / "bundle.json").read_text())
    # Of 60 films half are sick, and seven tenths are learned from.
    for label, threshold in zip(told["labels"], told["thresholds"], strict=True):
        training, test, _, _, shown, *_ = row(card, label)
        assert (training, test) == ("21", "6")
        assert shown == f"{threshold:.3f}"


def test_what_it_looks_at_and_was_made_with_is_told(trained):
    _, folder, card = trained
    told = json.loads((folder / "bundle.json").read_text())
    assert "`orb_words` (words)" in card
    assert f"sklearn {told['versions']['sklearn']}" in card


def test_it_does_not_claim_that_patients_nobody_knows_were_kept_apart(trained):
    assert "was learned from is not known (one patient a film)" in trained[2]
    assert "intervals from resampling films." in trained[2]


@pytest.mark.parametrize(
    ("known", "limits"), [("the label table", ""), ("file names", ", as far as known")]
)
def test_it_says_from_where_patients_are_known(known, limits):
    told = model_card._apart(known)
    assert told == f"No patient of theirs was learned from{limits} (patients: {known})."


def test_it_says_what_it_is_not_for_and_how_to_repeat_it(trained):
    assert "**Research use only.**" in trained[2]
    assert "To repeat it: `python cli.py train --data" in trained[2]


def test_a_hostile_label_is_one_cell_that_shows_it():
    name = "a|b<script>`*\x1b\n# c"
    figures = {key: 0.5 for key in ("auc", "average_precision", "threshold", "recall", "precision")}
    told = {name: figures | {"positives": 3, "auc_ci": [0.4, 0.6]}}
    (line,) = model_card._labels(told, {name: 7})
    assert len(line.splitlines()) == 1
    cells = re.split(r"(?<!\\)\|", line)
    assert len(cells) == 8 + 2
    assert cells[1].strip() == r"a\|b\<script\>\`\*\\x1b\\x0a# c"
