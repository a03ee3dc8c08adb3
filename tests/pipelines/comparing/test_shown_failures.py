import numpy as np
import pytest

from pipelines.command_options import Score
from pipelines.comparing import shown_failures
from reports.report_tree import Report
from tests import fakes
from tests.reports import comparisons


@pytest.fixture
def found(tmp_path):
    def found(thresholds, **changes):
        values, truth, scores = comparisons.values()
        meta = fakes.images(truth.labels).meta.assign(sex=["F", "M"] * (len(truth.ids) // 2))
        images = fakes.images(truth.labels, label_names=truth.label_names, meta=meta)
        options = Score(labels=tmp_path, scores=[], out=tmp_path, replicates=39, **changes)
        chosen = {one.model: np.tile(thresholds, (len(truth.ids), 1)) for one in scores}
        return shown_failures.of(Report.of(values), truth, scores, chosen, images, options)

    return found


def test_calls_are_those_of_the_model_of_the_highest_macro_auc(found):
    failures, sheets = found([0.5] * 3)
    assert failures.model == "sharp"
    assert {each.label for each in failures.wrong_calls} <= {"Edema", "Hernia", "Never"}
    assert failures.no_pictures == "no image files are at hand"
    assert sheets == []


def test_every_comparison_has_counts_by_label_and_group(found):
    (one,) = found([0.5] * 3)[0].disagreements
    assert (one.model, one.baseline) == ("vague", "sharp")
    for counts in one.labels.values():
        each = counts.both_right + counts.only_model_right + counts.only_baseline_right
        assert each + counts.both_wrong == comparisons.N_IMAGES
    assert [*one.groups] == ["sex"]
    assert [*one.groups["sex"]] == ["F", "M"]


def test_without_any_threshold_no_call_is_wrong(found):
    assert found([np.nan] * 3) == (None, [])


def test_no_images_are_shown_for_0(found):
    failures, sheets = found([0.5] * 3, failures=0)
    assert (failures.wrong_calls, failures.no_pictures, sheets) == ([], None, [])
    assert failures.disagreements
