from types import SimpleNamespace

import numpy as np
import pytest

from models.training_history import HISTORY, histories, log

OWN = np.array([(0.9, 0.6)], [("loss", "f4"), ("validation_auc", "f4")])
NETWORK = SimpleNamespace(history_=OWN)


def test_a_network_has_its_own_history_and_trees_have_none():
    assert list(histories(NETWORK)) == ["SimpleNamespace"]
    assert histories(SimpleNamespace()) == {}


def test_every_member_of_a_fusion_has_its_history():
    fusion = SimpleNamespace(fitted_=[NETWORK, SimpleNamespace(), NETWORK])
    by_name = histories(fusion)
    assert list(by_name) == ["1. SimpleNamespace", "3. SimpleNamespace"]
    assert by_name["3. SimpleNamespace"] is OWN


@pytest.mark.slow
def test_the_last_epoch_can_be_read_back_as_scalars(tmp_path):
    from features.runtime import tf

    history = np.array([(4, 3, 0.5, 0.1), (2, 1, 0.75, 0.01)], HISTORY)
    log(tmp_path, history)
    (path,) = tmp_path.iterdir()
    found = {}
    for record in tf.data.TFRecordDataset(str(path)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            found[value.tag] = event.step, float(tf.make_ndarray(value.tensor))
    assert found.keys() == set(HISTORY.names)
    assert found["validation_auc"] == (2, 0.75)


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log(None, np.zeros(1, HISTORY))
    assert not list(tmp_path.iterdir())
