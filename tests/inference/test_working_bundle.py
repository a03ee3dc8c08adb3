from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption
from features.weight_files import digest_of_file
from inference import working_bundle
from inference.working_bundle import WorkingBundle, bounds_of
from models import bundle
from models.bundled_bounds import AveragedBounds
from models.bundled_view import BundledView
from pipelines import train
from pipelines.command_options import Train
from tests import fakes
from tests.bundles import SMALL


def test_findings_are_those_of_the_bundle(place):
    working = WorkingBundle(place / "bundle")
    views = working.views([fakes.picture(1, 32), fakes.picture(1, 128)])
    found = working.findings(views)
    expected = working.bundle.classifier.predict_proba(views)
    np.testing.assert_allclose(found.raw, expected, atol=1e-6)
    assert found.calibrated.shape == found.present.shape == (2, 2)


def test_findings_do_not_depend_on_how_many_images_there_are(place):
    working = WorkingBundle(place / "bundle")
    views = working.views([fakes.picture(seed, 128) for seed in range(40)])
    together = working.findings(views)
    for row in (0, 5, 39):
        alone = working.findings(views.select(np.array([row])))
        np.testing.assert_array_equal(alone.calibrated[0], together.calibrated[row])


def test_answers_are_those_of_the_bundles_bounds(place):
    working = WorkingBundle(place / "bundle", abstain=0.5)
    probabilities = np.array([[0.01, 0.99]], np.float32)
    (expected,) = working.bundle.bounds.answers(probabilities, 0.5)
    told = {0.0: "absent", 1.0: "present"}
    assert working.answers(probabilities) == [told.get(each, "cannot say") for each in expected]
    assert WorkingBundle(place / "bundle").answers(probabilities) == [None, None]


def test_a_bundle_without_bounds_cannot_abstain(place, tmp_path):
    made = bundle.load(place / "bundle")
    bundle.save(replace(made, bounds=None), tmp_path / "earlier")
    WorkingBundle(tmp_path / "earlier")
    with pytest.raises(InvalidOption, match="Train it again, or leave --abstain out"):
        WorkingBundle(tmp_path / "earlier", abstain=0.1)


def test_averages_are_answered_by_a_bundle_of_as_many_versions_alone(place):
    made = bundle.load(place / "bundle")
    own = replace(made, averaged_bounds=AveragedBounds(8, replace(made.bounds)))
    assert bounds_of(own, 0.1, tta=8) is own.averaged_bounds.bounds
    assert bounds_of(own, 0.1) is made.bounds
    # Bundles of an earlier version have none, though they may be trained with --tta.
    with pytest.raises(InvalidOption, match=r"has none\. Train it again with --tta 4, or leave"):
        bounds_of(made, 0.1, tta=4)
    with pytest.raises(InvalidOption, match=r"has those of --tta 8\. Train it .* or type --tta 8"):
        bounds_of(own, 0.1, tta=4)


def test_prepared_images_give_the_same_vectors_as_planes(place):
    working = WorkingBundle(place / "bundle")
    planes = [fakes.picture(seed, 128) for seed in range(3)]
    joined = working.joined([working.prepare(plane) for plane in planes])
    np.testing.assert_allclose(joined.stacked(), working.views(planes).stacked(), atol=1e-6)


def test_age_sex_and_view_count_where_the_bundle_learned_from_them(place, tmp_path):
    options = {"classifier": "logistic", "extractors": "orb_words", "set": SMALL}
    places = {"data": place / "films", "cache": place / "cache", "out": tmp_path}
    train.run(Train(**options, **places, metadata=True))
    working = WorkingBundle(tmp_path)
    known = pd.DataFrame({"age": [70.0], "sex": ["F"], "view": ["AP"]})
    plane = [fakes.picture(1, 128)]
    assert working.views(plane).names == ("orb_words", "metadata")
    unknown, old = working.views(plane), working.views(plane, known)
    # Age is scaled from 50 by 20 years; the next column says that it is not known.
    assert old.arrays["metadata"][0, :2].tolist() == [1, 0]
    assert unknown.arrays["metadata"][0, :2].tolist() == [0, 1]


def test_a_folder_has_the_weights_of_each_network_that_they_were_of(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).write_text(name)
    contents = {name: {"weights": digest_of_file(tmp_path / name)} for name in ("first", "second")}
    views = [BundledView("deep", {"content": content}, {}, b"") for content in contents.values()]
    moved = [working_bundle.moved_weights(view, str(tmp_path)) for view in views]
    assert moved == [{"weights": str(tmp_path / name)} for name in contents]
    one = [working_bundle.moved_weights(view, str(tmp_path / "second"), 2) for view in views]
    assert one == [{}, {"weights": str(tmp_path / "second")}]
    other = BundledView("deep", {"content": {"weights": "random, seed 0"}}, {}, b"")
    assert working_bundle.moved_weights(other, str(tmp_path)) == {}
