import csv

import pytest

from pipelines.predicting.predictions import Finding, Prediction
from pipelines.serving.session import Session, most_telling
from pipelines.serving.uploads import Upload

MASS = Finding("Mass", 0.3, 0.5, 0.4, False)
EDEMA = Finding("Edema", 0.2, 0.5, 0.1, True)
HERNIA = Finding("Hernia", 0.9, 0.5, None, False)


@pytest.fixture
def session():
    uploads = [Upload("a.png", b""), Upload("a.png", b"")]
    return Session(uploads, [Prediction("a.png", (MASS, EDEMA, HERNIA))] * 2)


def test_films_of_one_name_are_told_apart(session):
    assert session.names == ["1. a.png", "2. a.png"]


def test_an_own_threshold_calls_anew_and_leaves_other_labels_alone(session):
    session.own["Mass"] = 0.3
    mass, *others = session.prediction(1).findings
    assert (mass.threshold, mass.present) == (0.3, True)
    assert others == [EDEMA, HERNIA]


def test_the_table_has_all_films_by_the_thresholds_of_now(session):
    session.own["Mass"] = 0.25
    rows = list(csv.DictReader(session.table().splitlines()))
    assert len(rows) == 2 * 3
    assert [row["finding"] for row in rows[:3]] == ["yes", "yes", "no"]
    assert rows[0]["threshold"] == "0.25"


def test_the_label_highest_against_its_threshold_tells_most():
    assert most_telling([MASS, EDEMA, HERNIA]) == "Edema"
    assert most_telling([HERNIA, MASS]) == "Mass"
