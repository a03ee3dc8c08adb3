import operator
import os
import threading

import numpy as np
import pytest
from distributed import LocalCluster

from clusters import dask_crew, opening, workers_wanted
from clusters.connecting import Connector
from clusters.dask_crew import ITEMS_AHEAD, DaskCrew
from datasets import loading
from datasets.options import Reading
from errors import ClusterUnusable, InvalidOption
from evaluation import bootstrap
from pipelines import asked_features
from pipelines.command_options import Extract
from tests import fakes

pytestmark = pytest.mark.slow


def test_results_come_in_the_order_of_items(crew):
    assert list(crew.results(operator.neg, range(50), str)) == [-item for item in range(50)]


def test_everywhere_is_each_worker(crew):
    pids = crew.everywhere(os.getpid)
    assert len(set(pids)) == crew.slots == 2
    assert os.getpid() not in pids


def test_only_so_many_items_are_under_way(crew):
    taken = []
    items = (taken.append(item) or item for item in range(1000))
    next(crew.results(operator.neg, items, str))
    assert len(taken) == ITEMS_AHEAD * crew.slots


def test_a_sentence_of_a_worker_is_ours(crew):
    with pytest.raises(InvalidOption, match="--cluster takes"):
        list(crew.results(opening.check, ["nothing"], str))


def test_what_was_under_way_when_the_scheduler_was_lost_is_sent_again(crew, capsys):
    results = crew.results(operator.neg, range(30), str)
    first = [next(results) for _ in range(5)]
    crew.client.close()
    assert first + list(results) == [-item for item in range(30)]
    assert "lost the scheduler" in capsys.readouterr().err


def test_what_ends_every_worker_is_named(crew):
    with pytest.raises(ClusterUnusable, match="the seventh ended several workers in a row"):
        list(crew.results(os._exit, [7], lambda item: "the seventh"))


def test_people_hear_that_the_last_worker_has_gone(monkeypatch, capsys):
    monkeypatch.setattr(dask_crew, "SECONDS_TO_LOOK", 0.1)
    monkeypatch.setattr(workers_wanted, "SECONDS_TO_FIRST_WORD", 0.1)
    settings = {"protocol": "tcp", "processes": False, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, **settings) as cluster, DaskCrew(Connector(cluster)) as crew:
        cluster.scale(0)
        while crew.client.nthreads():
            pass
        threading.Timer(0.5, cluster.scale, [1]).start()
        assert list(crew.results(operator.neg, [7], str)) == [-7]
    assert "no worker after" in capsys.readouterr().err


def test_replicates_are_those_of_one_process_to_the_bit(crew):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (60, 3)).astype(float)
    images = (labels, rng.random((60, 3)), rng.integers(0, 40, 60))
    alone = bootstrap.replicates(*images, n_replicates=230)
    shared = bootstrap.replicates(*images, n_replicates=230, workers=opening.resamplers(crew))
    for name in ("labels", "macro", "micro"):
        np.testing.assert_array_equal(getattr(shared, name), getattr(alone, name))


def test_vectors_are_those_of_one_process_to_the_bit(crew, tmp_path):
    root = fakes.sick_and_well(tmp_path / "films", 70)
    settings = "orb_words.n_words=8 orb_words.image_size=128 orb_words.sample_images=6"
    found = []
    for name, workers in (("here", None), ("away", crew)):
        options = Extract(extractors="orb_words", set=settings, cache=tmp_path / name)
        images = loading.load(Reading(data=root))
        found.append(asked_features.extract(images, options, workers).features("orb_words"))
    np.testing.assert_array_equal(found[0].values, found[1].values)
    assert found[1].ids.tolist() == found[0].ids.tolist()
