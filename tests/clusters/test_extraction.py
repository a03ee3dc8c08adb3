import numpy as np
import pytest

from clusters import extraction
from datasets import image_files, loading
from datasets.image_change import acquisition
from datasets.options import Reading, Work
from errors import ClusterUnusable
from features import extraction_loop
from features.branch import Branch
from features.changed import changed
from features.digests import Digests
from features.extractors.orb_words import OrbWords
from features.recipe import recipe_of
from features.store import FeatureStore
from tests import fakes
from tests.features.stubs import OwnCrew

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

SMALL = {"n_words": 8, "image_size": 128, "sample_images": 6}


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    root = fakes.sick_and_well(tmp_path_factory.mktemp("films"), 70)
    return loading.load(Reading(data=root))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """A worker that has made no extractor yet."""
    monkeypatch.setattr(extraction, "extractors_made", {})


def branches_in(cache, images):
    extractor = OrbWords(**SMALL)
    training_ids, decoders = images.ids[images.train], image_files.decoders(images.paths)
    recipe = recipe_of("orb_words", extractor, training_ids, decoders)
    branch = Branch(extractor, FeatureStore(cache, recipe))
    extraction_loop.learn(branch, images, 1)
    branch.store.refresh()
    return {"orb_words": branch}


def away(images, cache, crew, change=lambda job: job):
    """Extraction by a crew; `change` is what goes wrong on the way."""
    branches, digests = branches_in(cache, images), Digests(cache)
    plan = extraction_loop.planned(images, branches, digests, 1)
    with extraction.away(branches, plan, cache, crew) as found:
        work = extraction.Away(change(found.job), branches, crew, found.widths).work
        skipped = extraction_loop.extract(plan, branches, digests, 1, work)
    return branches["orb_words"], digests, skipped


def vectors(images, branch, digests):
    return branch.store.read(images.ids, [digests.of(path) for path in images.paths]).values


def test_a_crew_gives_the_bits_of_this_process(images, tmp_path):
    here, digests = branches_in(tmp_path / "here", images), Digests(tmp_path / "here")
    extraction_loop.extract(extraction_loop.planned(images, here, digests, 2), here, digests, 2)
    branch, found, _ = away(images, tmp_path / "away", OwnCrew())
    np.testing.assert_array_equal(
        vectors(images, branch, found), vectors(images, here["orb_words"], digests)
    )
    assert branch.computed == 70


def test_no_vector_goes_over_the_wire(images, tmp_path):
    reports = []

    class Listening(OwnCrew):
        def results(self, make, items, named):
            for report in super().results(make, items, named):
                reports.append(report)
                yield report

    away(images, tmp_path, Listening())
    assert len(reports) == 3
    assert not any(isinstance(each, np.ndarray) for report in reports for each in report)


def test_a_worker_has_the_versions_of_all_that_the_clients_images_need(
    images, tmp_path, monkeypatch
):
    monkeypatch.setattr(image_files, "decoders", lambda paths: image_files.DICOM_DECODERS)
    branch, _, _ = away(images, tmp_path, OwnCrew())
    assert set(image_files.DICOM_DECODERS) < set(branch.store.recipe["libraries"])
    assert branch.computed == 70


def test_a_part_done_twice_is_one_file(images, tmp_path):
    """As when a worker finishes what the scheduler took for lost and gave to another."""

    class Twice(OwnCrew):
        def results(self, make, items, named):
            for item in items:
                make(item)
                yield make(item)

    branch, _, _ = away(images, tmp_path, Twice())
    assert len(list(branch.store.folder.glob("part-*"))) == 3
    assert len(branch.store.rows) == 70


def test_a_second_run_has_nothing_to_do(images, tmp_path):
    away(images, tmp_path, OwnCrew())
    crew = OwnCrew()
    branch, _, _ = away(images, tmp_path, crew)
    assert crew.items == []
    assert branch.computed == 0


def test_what_a_worker_could_not_read_is_skipped_with_its_reason(images, tmp_path):
    with open(images.paths[3], "rb") as file:
        whole = file.read()
    try:
        with open(images.paths[3], "wb") as file:
            file.write(b"no picture")
        _, _, skipped = away(images, tmp_path, OwnCrew())
    finally:
        with open(images.paths[3], "wb") as file:
            file.write(whole)
    assert [tuple(each) for each in skipped] == [(images.ids[3], "neither PNG, JPEG nor DICOM")]


def test_a_worker_makes_its_extractor_once(images, tmp_path, monkeypatch):
    made = []
    plain = extraction.extractor_of
    monkeypatch.setattr(extraction, "extractor_of", lambda *given: made.append(1) or plain(*given))
    away(images, tmp_path, OwnCrew())
    assert len(made) == 1


def test_images_are_named_so_that_any_folder_finds_them(images, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    crew = OwnCrew()
    away(images, tmp_path, crew)
    assert all(task.path.startswith("/") for part in crew.items for task in part)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda job: job._replace(witnesses=(job.cache / "nothing",)), "must see the same"),
        (lambda job: job._replace(code="another"), "must run the same version"),
        (
            lambda job: job._replace(
                orders={
                    name: order._replace(recipe=order.recipe | {"libraries": {"cv2": "1.0"}})
                    for name, order in job.orders.items()
                }
            ),
            "the libraries of orb_words is",
        ),
        (
            lambda job: job._replace(
                orders={name: order._replace(learned="other") for name, order in job.orders.items()}
            ),
            "must find what orb_words learned",
        ),
    ],
)
def test_a_worker_that_cannot_do_the_clients_work_says_why(images, tmp_path, change, told):
    def changed(job):
        extraction.extractors_made.clear()
        return change(job)

    with pytest.raises(ClusterUnusable, match=told):
        away(images, tmp_path, OwnCrew(), changed)


def test_what_shows_that_the_cache_is_the_same_is_removed(images, tmp_path):
    away(images, tmp_path, OwnCrew())
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.parametrize("changed", ["cli.py", "inference/predictor.py", "evaluation/auc.py"])
def test_a_worker_whose_source_differs_anywhere_has_another_code(tmp_path, monkeypatch, changed):
    for name in ("cli.py", *(f"{room}/__init__.py" for room in extraction.ROOMS), changed):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("same = True")
    monkeypatch.setattr(extraction, "PROJECT", tmp_path)
    before = extraction.code.__wrapped__()
    (tmp_path / changed).write_text("same = False")
    assert extraction.code.__wrapped__() != before


def test_the_code_of_a_worker_covers_every_room():
    rooms = {path.parent.name for path in extraction.PROJECT.glob("*/__init__.py")}
    assert set(extraction.ROOMS) == rooms - {"tests", "benchmarks"}


def test_a_crew_computes_features_of_changed_images_with_one_extractor(
    images, tmp_path, monkeypatch
):
    made = []
    plain = extraction.extractor_of
    monkeypatch.setattr(extraction, "extractor_of", lambda *given: made.append(1) or plain(*given))
    changes = [acquisition("contrast", severity) for severity in (2, 4)]
    options = Work(cache=tmp_path / "here", jobs=2)
    here = changed(images, branches_in(options.cache, images), changes, options)
    options = Work(cache=tmp_path / "away", jobs=2)
    crew = Extracting()
    there = changed(images, branches_in(options.cache, images), changes, options, crew)
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(
            one.features("orb_words").values, other.features("orb_words").values
        )
    assert len(made) == 1


class Extracting(OwnCrew):
    """A crew that extracts as Dask's does."""

    def extracting(self, branches, plan, cache):
        return extraction.away(branches, plan, cache, self)
