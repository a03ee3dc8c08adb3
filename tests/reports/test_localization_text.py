import pytest

from evaluation.localisation_figures import CENTRE, CHANCE, LESS_PRIOR, PRIOR
from reports.localization_text import lines


def row(hit, more, patients=30, coarse=(), empty=0):
    def told(value, low, high):
        return {"value": value, "ci": [low, high]}

    full = {
        "hit": told(hit, 0.1, 0.9),
        "iou": told(0.25, 0.2, 0.3),
        "iobb": told(0.35, 0.3, 0.4),
        "empty": told(empty, 0, 1),
    }
    looks = {"camera": full, PRIOR: full | {"hit": told(0.375, 0.3, 0.4)}}
    looks |= {"camera" + LESS_PRIOR: {"hit": told(*more)}}
    looks |= {name: {"hit": told(0.125, 0.1, 0.2)} for name in (CENTRE, CHANCE)}
    counts = {"films": 20, "boxes": 21, "patients": patients, "coarse": list(coarse)}
    return {"looks": looks} | counts


@pytest.fixture
def values():
    rows = {
        "Nodule": row(0.5, (0.1, -0.1, 0.3), patients=4, coarse=["camera"]),
        "all": row(0.75, (0.4, 0.2, 0.5)),
        "mean": row(0.7, (0.3, 0.1, 0.5)),
    }
    facts = {"data": "films", "split": "lists", "part": "test", "notes": ["look here"]}
    bundle = {"bundle": "runs/bundle", "classifier": "dual_input", "synthetic": False}
    return (
        facts
        | bundle
        | {"methods": ["camera"], "tuned": {"Nodule": {}}, "films_of_prior": 30, "rows": rows}
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((0.4, 0.2, 0.5), ", more often than"),
        ((-0.4, -0.5, -0.2), ", less often than"),
        ((0.1, -0.1, 0.3), ", not clearly more often than"),
    ],
)
def test_the_answer_comes_first_and_goes_by_the_interval(values, more, told):
    values["rows"]["all"] = row(0.75, more)
    answer = lines(values)[0]
    assert answer.startswith(
        "the peak of camera is in the box for 0.750 [0.100, 0.900] of findings"
    )
    assert told in answer


def test_synthetic_images_are_called_so_in_every_answer(values):
    assert lines(values | {"synthetic": True})[0].startswith("On synthetic images: the")


def test_the_data_and_every_note_are_shown(values):
    text = "\n".join(lines(values))
    assert "20 findings with 21 boxes, of 30 patients; films, split: lists, set: test" in text
    assert "note: look here" in text


def test_every_table_has_the_blind_guesses_beside(values):
    heads = [line for line in lines(values) if "patients" in line and "boxes  " in line]
    assert [("prior" in head, "chance" in head) for head in heads] == [
        (True, True),
        (True, False),
        (True, False),
        (True, False),
    ]


def test_small_findings_and_few_patients_are_marked_and_explained(values):
    told = lines(values)
    assert any(line.startswith("Nodule†") and "[0.100, 0.900]*" in line for line in told)
    assert any(line.startswith("*") for line in told)
    assert any(line.startswith("†") for line in told)
    del values["rows"]["Nodule"]
    assert not any(line.startswith(("*", "†")) for line in lines(values))


def test_few_patients_in_all_are_said_to_leave_much_open(values):
    assert any(line.startswith("30 patients are few") for line in lines(values))
    values["rows"]["all"] = row(0.75, (0.4, 0.2, 0.5), patients=100)
    assert not any("are few" in line for line in lines(values))


def test_without_an_interval_the_answer_makes_no_claim_and_gives_the_reason(values):
    for figure in values["rows"]["all"]["looks"].values():
        figure["hit"] = {"value": 0.5, "ci": None, "ci_missing": "few; at least 20 are needed"}
    told = lines(values)
    assert told[0] == (
        "the peak of camera is in the box for 0.500 of findings, that of the location prior for"
        " 0.500. No interval or test: few; at least 20 are needed."
    )
    assert any("0.500 [no interval]" in line for line in told)
    assert any(
        line.startswith("no interval or test for hit of camera in all") and line.endswith("needed")
        for line in told
    )


def test_maps_without_evidence_are_counted(values):
    assert not any("no evidence" in line for line in lines(values))
    values["rows"]["all"] = row(0.75, (0.4, 0.2, 0.5), empty=0.25)
    assert any("camera has no evidence anywhere in 5 maps" in line for line in lines(values))


def test_sanity_checks_are_shown_only_if_they_were_asked_for(values):
    assert not any("shuffled" in line for line in lines(values))
    figure = {"value": 0.125, "ci": [0.1, 0.2]}
    deleted = {"camera": dict.fromkeys(("credited", "elsewhere", "more"), figure)}
    sanity = {"after_shuffling": {"camera": {"correlation": figure}}, "after_deletion": deleted}
    told = lines(values | {"sanity": sanity})
    assert any("shuffled weights" in line for line in told)
    assert any(line.split()[:3] == ["camera", "0.125", "[0.100,"] for line in told[-1:])


def test_a_classifier_without_weights_is_said_to_have_none(values):
    sanity = {"after_shuffling": {}, "after_deletion": {}}
    assert any(
        "dual_input has no weights to shuffle" in line
        for line in lines(values | {"sanity": sanity})
    )
