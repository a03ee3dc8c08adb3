import numpy as np

from evaluation.label_errors import Expected
from reports.audit_figures import Audit, ErrorRate
from reports.json_trees import as_json, from_json


def test_a_rate_keeps_its_interval_and_counts_wrong_entries_of_both_kinds():
    rate = ErrorRate.of(Expected(0.1, [0.05, 0.2], None, 3.0, 7.0), 100)
    assert (rate.rate, rate.rate_ci, rate.wrong) == (0.1, [0.05, 0.2], 10)


def test_a_label_of_one_kind_has_the_reason_and_no_figures():
    rate = ErrorRate.of(Expected(np.nan, None, "too few", np.nan, np.nan), 100)
    assert (rate.rate, rate.wrong_present, rate.wrong) == (None, None, 0)
    assert rate.rate_ci_missing == "too few"


def test_an_audit_is_the_same_after_it_was_json():
    rate = ErrorRate.of(Expected(0.1, [0.05, 0.2], None, 3.0, 7.0), 100)
    audit = Audit(["cnn"], 10, 20, rate, {"Mass": rate}, [])
    assert from_json(Audit, as_json(audit)) == audit
    assert "no_pictures" not in as_json(audit)
