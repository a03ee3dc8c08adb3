from pathlib import Path

import numpy as np
import pytest

from datasets import image_files, loading
from datasets.options import Reading
from features import extraction_loop
from features.branch import Branch
from features.digests import Digests
from features.store import FeatureStore
from tests import fakes
from tests.features import stubs


@pytest.fixture
def images(tmp_path):
    root = fakes.sick_and_well(tmp_path / "films", 24, 64, 64)
    return loading.load(Reading(data=root))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def branch(cache, extractor):
    store = FeatureStore(cache, stubs.recipe(type(extractor).__name__))
    return Branch(extractor, store)


def run(images, cache, *extractors, jobs=2):
    digests = Digests(cache)
    branches = {}
    for extractor in extractors:
        one = branch(cache, extractor)
        extraction_loop.learn(one, images, jobs)
        one.store.refresh()
        branches[one.store.name] = one
    plan = extraction_loop.planned(images, branches, digests, jobs)
    skipped = extraction_loop.extract(plan, branches, digests, jobs)
    return branches, digests, skipped


def vectors(images, branches, digests, name):
    keys = [digests.of(path) for path in images.paths]
    return branches[name].store.read(images.ids, keys).values


def test_each_image_gets_its_own_vector(images, cache):
    branches, digests, _ = run(images, cache, stubs.Mean())
    expected = [[image_files.read(path).mean(), 64] for path in images.paths]
    np.testing.assert_allclose(vectors(images, branches, digests, "Mean"), expected, rtol=1e-6)


def test_batched_rows_belong_to_their_images(images, cache):
    extractor = stubs.Batched()
    branches, digests, _ = run(images, cache, extractor)
    expected = [extractor.preprocessing(image_files.read(path)).mean() for path in images.paths]
    found = vectors(images, branches, digests, "Batched")
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-6)


def test_a_second_run_computes_nothing(images, cache):
    run(images, cache, stubs.Mean(), stubs.Batched())
    branches, _, _ = run(images, cache, stubs.Mean(), stubs.Batched())
    assert [one.computed for one in branches.values()] == [0, 0]


def test_only_the_image_whose_bytes_changed_is_computed_anew(images, cache):
    run(images, cache, stubs.Mean())
    fakes.write_picture(Path(images.paths[5]), seed=99)
    branches, digests, _ = run(images, cache, stubs.Mean())
    assert branches["Mean"].computed == 1
    found = vectors(images, branches, digests, "Mean")
    assert found[5, 0] == pytest.approx(image_files.read(images.paths[5]).mean(), rel=1e-6)


def test_without_the_memo_files_are_digested_but_nothing_is_computed(images, cache):
    run(images, cache, stubs.Mean())
    (cache / "digests.parquet").unlink()
    branches, digests, _ = run(images, cache, stubs.Mean())
    assert branches["Mean"].computed == 0
    assert all(digests.of(path) for path in images.paths)


def test_each_image_is_decoded_once_for_all_extractors(images, cache, monkeypatch):
    decoded = []
    decode = image_files.decoded
    monkeypatch.setattr(image_files, "decoded", lambda data: decoded.append(1) or decode(data))
    run(images, cache, stubs.Mean(), stubs.Batched())
    assert len(decoded) == len(images)


def test_an_image_that_cannot_be_read_is_skipped_and_the_rest_goes_on(images, cache):
    with open(images.paths[3], "wb") as file:
        file.write(b"no picture")
    branches, _, skipped = run(images, cache, stubs.Mean())
    assert [tuple(image) for image in skipped] == [
        (images.ids[3], "neither PNG, JPEG nor DICOM"),
    ]
    assert branches["Mean"].computed == 23


def test_learning_sees_training_images_alone_and_is_kept(images, cache):
    fitted = stubs.Learned()
    run(images, cache, fitted)
    means = {image_files.read(path).mean() for path in images.paths[images.train]}
    triples = {np.mean([a, b, c]) for a in means for b in means for c in means}
    assert any(np.isclose(fitted.level_, level) for level in triples)
    again = stubs.Learned()
    run(images, cache, again)
    assert again.level_ == fitted.level_


def test_what_was_learned_remembers_the_images_it_was_learned_from(images, cache):
    fitted = stubs.Learned()
    _, digests, _ = run(images, cache, fitted)
    training = {digests.of(path) for path in images.paths[images.train]}
    assert len(fitted.learned_from_) == 3
    assert set(fitted.learned_from_) <= training


def test_learning_is_the_same_with_any_number_of_jobs(images, tmp_path):
    levels = []
    for jobs in (1, 3):
        extractor = stubs.Learned()
        run(images, tmp_path / str(jobs), extractor, jobs=jobs)
        levels.append(extractor.level_)
    assert levels[0] == levels[1]


def test_rows_are_written_while_the_run_goes_on(images, cache, monkeypatch):
    """What was written before a failure is there afterwards."""
    monkeypatch.setattr("features.branch.ROWS_PER_PART", 5)
    decode, calls = image_files.decoded, []

    def failing(data):
        calls.append(1)
        if len(calls) > 20:
            raise RuntimeError("power cut")
        return decode(data)

    monkeypatch.setattr(image_files, "decoded", failing)
    with pytest.raises(RuntimeError, match="power cut"):
        run(images, cache, stubs.Mean(), jobs=1)
    monkeypatch.setattr(image_files, "decoded", decode)
    branches, _, _ = run(images, cache, stubs.Mean())
    assert 0 < branches["Mean"].computed <= 9
