import numpy as np
import pytest
from distributed import Client, LocalCluster

from evaluation.auc import auc
from models import boosting, dask_boosting
from models.boosting import Processors
from models.classifiers.xgboost import Xgboost
from models.views import DEEP, Block, Views

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(400, 5)).astype(np.float32)
LABELS = np.stack([FEATURES[:, 0] > 0, FEATURES[:, 1] > 9, FEATURES[:, 2] > 0.5], 1)
HOLES = np.where(RNG.random(LABELS.shape) < 0.3, np.nan, LABELS.astype(np.float32))
VIEWS = Views({"deep": Block(FEATURES, DEEP)})
SILENT = VIEWS.select(slice(3)), np.full((3, 3), np.nan)
PARAMETERS = {"objective": "binary:logistic", "max_depth": 2, "max_bin": 16}


@pytest.fixture(scope="module")
def client():
    """Two workers that share no images."""
    settings = {"dashboard_address": "127.0.0.1:0", "host": "127.0.0.1", "memory_limit": 0}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, **settings) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def test_workers_learn_what_one_machine_learns(client):
    validation = VIEWS.select(slice(80)), HOLES[:80]
    parameters = dict.fromkeys((0, 2), PARAMETERS)
    both = (VIEWS, HOLES), validation
    together = dict(boosting.all_boosted(*both, parameters, 20, 5, Processors(2, client)))
    alone = dict(boosting.all_boosted(*both, parameters, 20, 5, Processors(2)))
    for column in (0, 2):
        margins = [boosting.margins(made[column], FEATURES) for made in (together, alone)]
        aucs = [auc(LABELS[:, column], each) for each in margins]
        assert aucs[0] == pytest.approx(aucs[1], abs=0.005)
        assert aucs[0] > 0.99


def test_a_label_without_both_classes_in_validation_is_boosted_to_the_end(client):
    made = dict(dask_boosting.all_boosted((VIEWS, HOLES), SILENT, {0: PARAMETERS}, 7, 2, client))
    assert made[0].num_boosted_rounds() == 7


def test_what_workers_learned_is_kept_and_read_as_what_one_machine_learned(client, tmp_path):
    made = Xgboost(views=(DEEP,), n_estimators=5, use_cluster="always").grow_on(client)
    made.fit(VIEWS, HOLES, validation=(VIEWS, HOLES))
    made.save(tmp_path)
    again = Xgboost(views=(DEEP,), n_estimators=5).load(tmp_path)
    np.testing.assert_array_equal(again.predict_proba(VIEWS), made.predict_proba(VIEWS))
