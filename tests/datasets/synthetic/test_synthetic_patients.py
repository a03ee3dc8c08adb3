from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from datasets.synthetic.synthetic_findings import FINDINGS
from datasets.synthetic.synthetic_patients import CAUSES, PREVALENCE, visits


def share(table, name):
    return np.mean([name in visit.findings for visit in table])


def test_the_table_knows_the_findings_that_can_be_drawn():
    assert set(CAUSES) == set(PREVALENCE) == set(FINDINGS)


@pytest.mark.parametrize("seed", range(4))
def test_every_label_is_on_3_to_50_percent_of_images(seed):
    table = visits(600, seed)
    shares = {name: share(table, name) for name in FINDINGS}
    healthy = np.mean([not visit.findings for visit in table])
    assert 0.03 <= min(shares.values()) < 0.05
    assert 0.40 <= healthy <= 0.50
    assert max(shares.values()) < healthy


def test_a_patient_has_some_two_or_three_images():
    counts = Counter(visit.patient for visit in visits(2400, 0))
    assert 2.1 < np.mean(list(counts.values())) < 2.7
    assert min(counts.values()) == 1


def test_names_are_unique_and_follow_ups_count_from_zero():
    table = visits(300, 0)
    assert len({visit.name for visit in table}) == 300
    first = {}
    for visit in table:
        assert visit.follow_up == first.setdefault(visit.patient, 0)
        first[visit.patient] += 1


def test_sex_stays_and_age_never_falls():
    people = {}
    for visit in visits(600, 0):
        sex, age = people.get(visit.patient, (visit.woman, 0))
        assert visit.woman == sex
        assert visit.age >= age
        people[visit.patient] = (visit.woman, visit.age)


def test_what_a_patient_has_lasts_but_not_always():
    table = visits(2400, 0)
    pairs = [(a, b) for a, b in pairwise(table) if a.patient == b.patient]
    again = np.mean(["Effusion" in b.findings for a, b in pairs if "Effusion" in a.findings])
    assert 2 * PREVALENCE["Effusion"] < again < 0.95


def test_edema_comes_with_effusion_and_a_large_heart():
    table = visits(2400, 0)
    ill = [visit for visit in table if "Edema" in visit.findings]
    for name in ("Effusion", "Cardiomegaly"):
        assert share(ill, name) > 2 * share(table, name)


def test_portable_images_are_sicker_and_fibrosis_is_older():
    table = visits(2400, 0)
    portable = [bool(visit.findings) for visit in table if visit.portable]
    upright = [bool(visit.findings) for visit in table if not visit.portable]
    assert np.mean(portable) > np.mean(upright)
    scarred = [visit.age for visit in table if "Fibrosis" in visit.findings]
    assert np.mean(scarred) > np.mean([visit.age for visit in table])


def test_severities_spread_from_subtle_to_plain():
    severities = [v.findings["Nodule"] for v in visits(600, 0) if "Nodule" in v.findings]
    assert 0.1 < min(severities) < 0.25
    assert max(severities) > 0.9
    assert np.median(severities) == pytest.approx(0.6, abs=0.02)
