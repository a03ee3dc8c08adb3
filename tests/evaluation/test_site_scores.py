import numpy as np
import pytest

from evaluation.site_scores import SiteScores
from evaluation.truth import Truth


@pytest.mark.parametrize(("positives", "rare"), [(9, {"Edema": 9}), (10, {})])
def test_findings_with_fewer_than_ten_positive_images_are_named(positives, rare):
    labels = np.zeros((30, 2))
    labels[:positives, 0] = 1
    labels[:, 1] = np.where(np.arange(30) < 15, 1, np.nan)
    ids = np.arange(30).astype(str).astype(object)
    truth = Truth(ids, ids, labels, ("Edema", "Mass"))
    assert SiteScores("B", truth, {}, {}, {}).rare == rare
