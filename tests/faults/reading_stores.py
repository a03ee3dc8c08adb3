"""Readers of what this program wrote: stores, digests, fits, bundles."""

from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import numpy as np

from features import upkeep
from features.digests import MEMO, Digests
from features.recipe import digest
from features.store import FeatureStore
from inference.predictor import Predictor
from models import bundle_manifest, checkpoints
from pipelines import train
from pipelines.command_options import Train
from pipelines.comparing import run_cache
from storage import FileState
from tests import fakes
from tests.faults.fuzzing import Reader
from tests.faults.inputs import changed

SMALL = "orb_words.n_words=8 orb_words.image_size=64 xgboost.views=words xgboost.n_estimators=4"
TREES = ".ubj"
RECIPE = {"extractor": "mean", "version": 1}


def memo(place: Path) -> Reader:
    """Digests of files that an earlier run remembered."""
    place.mkdir(parents=True)
    digests = Digests(place)
    for number in range(5):
        digests.remember(f"f{number}.png", FileState(number, number, number), digest(b"film"))
    digests.save()

    def read(data: bytes) -> None:
        (place / MEMO).write_bytes(data)
        for path, _ in Digests(place):
            assert Digests(place).of(path) in ("", digest(b"film"))

    return Reader(changed((place / MEMO).read_bytes()), read)


def part(place: Path) -> Reader:
    """A part of a store that has the digest of its bytes in its name, whatever they are."""
    store = FeatureStore(place, RECIPE)
    store.write(["a", "b"], [digest(b"a"), digest(b"b")], np.ones((2, 3), np.float32))
    (written,) = store.folder.glob("part-*")
    valid = written.read_bytes()

    def read(data: bytes) -> None:
        for path in store.folder.glob("*.parquet"):
            path.unlink()
        (store.folder / f"part-{digest(data)}.parquet").write_bytes(data)
        FeatureStore(place, RECIPE).refresh()
        upkeep.stores(place)

    return Reader(changed(valid), read)


def recipe(place: Path) -> Reader:
    """A store's recipe, as `cache list` and `cache verify` read it."""
    written = FeatureStore(place, RECIPE).folder / "recipe.json"
    valid = written.read_bytes()

    def read(data: bytes) -> None:
        written.write_bytes(data)
        (stored,) = upkeep.stores(place)
        assert stored.recipe in ({}, RECIPE)
        assert bool(stored.recipe) == (written not in dict(upkeep.damaged_files(place)))

    return Reader(changed(valid), read)


def arrays(place: Path) -> Reader:
    """A fit that a comparison kept."""
    place.mkdir(parents=True)
    path = place / "fit.npz"
    made = run_cache.Fit(np.array(["a", "b"], object), np.ones((2, 1)), np.ones(1), 1.5, {})
    run_cache.write_fit(made, path)

    def read(data: bytes) -> None:
        path.write_bytes(data)
        found = run_cache.read_fit(path)
        assert found is None or (found.probabilities == 1).all()
        checkpoints.read_arrays(path)

    return Reader(changed(path.read_bytes()), read)


def bundles(sealed_again: bool, place: Path) -> Reader:
    """A bundle one of whose files is hostile, with its old digest or one that fits."""
    folder = trained(place)
    valid = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    told = bundle_manifest.unseal(folder)
    kept = {key: value for key, value in told.items() if key not in ("format", "files", "digest")}
    # XGBoost's reader of trees, which is not ours, does not survive all that a forger can do.
    forged = [path for path in valid if not (sealed_again and path.suffix == TREES)]
    changes = {path: changed(valid[path]) for path in forged}
    inputs = st.one_of(*(st.tuples(st.just(path), data) for path, data in changes.items()))

    def read(given: tuple[Path, bytes]) -> None:
        path, data = given
        path.write_bytes(data)
        try:
            if sealed_again:
                (folder / bundle_manifest.CONTENTS).unlink()
                bundle_manifest.seal(folder, kept)
            Predictor(folder)
        finally:
            for each, before in valid.items():
                each.write_bytes(before)

    return Reader(inputs, read)


def trained(place: Path) -> Path:
    """A folder with a small bundle, and one with the films that it learned from."""
    for number in range(24):
        kind, size = (("sick", 32), ("well", 64))[number % 2]
        fakes.write_picture(place / "films" / kind / f"f{number}.png", number, size=size)
    options = {"classifier": "xgboost", "extractors": "orb_words", "set": SMALL, "jobs": 1}
    places = {"data": place / "films", "cache": place / "cache", "out": place / "bundle"}
    train.run(Train(**options, **places))
    return place / "bundle"


READERS = {
    "digests of films": memo,
    "part of a store": part,
    "recipe of a store": recipe,
    "fit of a run": arrays,
    "bundle": partial(bundles, False),
    "bundle sealed again": partial(bundles, True),
}
