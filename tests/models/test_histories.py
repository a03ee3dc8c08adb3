from types import SimpleNamespace

import numpy as np

from models.histories import histories

HISTORY = np.array([(0.9, 0.6)], [("loss", "f4"), ("validation_auc", "f4")])
NETWORK = SimpleNamespace(history_=HISTORY)


def test_a_network_has_its_own_history_and_trees_have_none():
    assert list(histories(NETWORK)) == ["SimpleNamespace"]
    assert histories(SimpleNamespace()) == {}


def test_every_member_of_a_fusion_has_its_history():
    fusion = SimpleNamespace(fitted_=[NETWORK, SimpleNamespace(), NETWORK])
    found = histories(fusion)
    assert list(found) == ["1. SimpleNamespace", "3. SimpleNamespace"]
    assert found["3. SimpleNamespace"] is HISTORY
