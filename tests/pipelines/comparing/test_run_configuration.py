from dataclasses import replace

import numpy as np

from pipelines.command_options import Compare
from pipelines.comparing import run_configuration
from tests import fakes

IMAGES = fakes.images(np.eye(2)[[0, 1, 0, 1]])


def test_other_labels_are_other_images():
    digests = [
        run_configuration.digest_of_images(replace(IMAGES, labels=labels))
        for labels in (IMAGES.labels, IMAGES.labels.copy(), 1 - IMAGES.labels)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_files_of_networks_count_by_their_content(tmp_path):
    path = tmp_path / "net.keras"
    path.write_bytes(b"one")
    options = Compare(weights=str(path))
    first = run_configuration.digests_of_networks(options)
    path.write_bytes(b"other")
    assert len(first) == 1
    assert run_configuration.digests_of_networks(options) != first
    assert run_configuration.digests_of_networks(Compare()) == []


def test_a_damaged_configuration_is_none(tmp_path):
    (tmp_path / "damaged.json").write_text("{")
    assert run_configuration.kept(tmp_path / "damaged.json") is None
    assert run_configuration.kept(tmp_path / "missing.json") is None
