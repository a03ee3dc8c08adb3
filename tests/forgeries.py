"""Bundles as a forger would change them, sealed again so that every digest fits."""

import io
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from models import bundle_manifest

FIXTURES = Path(__file__).parent / "fixtures" / "2026-11"
NETWORK_FILE = FIXTURES / "backbone.keras"
STATE, CALIBRATION = "classifier/state.npz", "calibration.npz"
WORDS, NETWORK = "views/orb_words/learned.npz", "classifier/network.keras"
BOOSTER = "classifier/booster-0.ubj"

Change = Callable[[Path, dict[str, Any]], None]


def forged(name: str, change: Change, folder: Path) -> Path:
    """A copy of the bundle `name` after a change of its files and of what bundle.json says."""
    shutil.copytree(FIXTURES / name, folder)
    contents = bundle_manifest.unseal(folder)
    kept = {
        key: value for key, value in contents.items() if key not in ("format", "files", "digest")
    }
    (folder / bundle_manifest.CONTENTS).unlink()
    change(folder, kept)
    bundle_manifest.seal(folder, kept)
    return folder


def fact(*path: str, value: object) -> Change:
    """Another value in bundle.json."""

    def change(folder: Path, contents: dict[str, Any]) -> None:
        place: Any = contents
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def missing(key: str) -> Change:
    return lambda folder, contents: contents.pop(key)


def arrays(file: str, **changes: object) -> Change:
    """Other arrays in a file; None leaves one out."""

    def change(folder: Path, contents: dict[str, Any]) -> None:
        with np.load(folder / file) as kept:
            found = {name: kept[name] for name in kept.files} | changes
        np.savez(folder / file, **{name: each for name, each in found.items() if each is not None})

    return change


def file(name: str, data: bytes | Callable[[bytes], bytes]) -> Change:
    """Other bytes in a file."""

    def change(folder: Path, contents: dict[str, Any]) -> None:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data(path.read_bytes()))

    return change


def gone(name: str) -> Change:
    return lambda folder, contents: (folder / name).unlink()


def array_bomb(size: int = 20_000_000_000) -> bytes:
    """An npz whose array declares so many numbers and has none."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({size},), }}".encode().ljust(117)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head) + 1) + head + b"\n"
        archive.writestr("constants_.npy", array)
    return data.getvalue()


def zeros_bomb(name: str, megabytes: int = 500) -> bytes:
    """An archive with a member of zeros, a thousandth of its size."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as out,
    ):
        for _ in range(megabytes):
            out.write(bytes(1_000_000))
    return data.getvalue()


def config(edit: Callable[[dict[str, Any]], None]) -> Change:
    """Another configuration in the network's file."""

    def change(folder: Path, contents: dict[str, Any]) -> None:
        path = folder / NETWORK
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        told = json.loads(members["config.json"])
        edit(told)
        members["config.json"] = json.dumps(told).encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return change


def _lambda(told: dict[str, Any]) -> None:
    layer = {"class_name": "Lambda", "module": "keras.layers", "registered_name": None}
    code = {"class_name": "__lambda__", "config": {"value": "Y29kZQ==", "defaults": None}}
    told["config"]["layers"][-1] |= layer
    told["config"]["layers"][-1]["config"] = {"name": "x", "function": code}


def _module(told: dict[str, Any]) -> None:
    told["config"]["layers"][-1] |= {"class_name": "system", "module": "os"}


def _wide(told: dict[str, Any]) -> None:
    for layer in told["config"]["layers"]:
        if "units" in layer["config"]:
            layer["config"]["units"] = 2_000_000_000


def tree(old: bytes, new: bytes) -> Change:
    return file(BOOSTER, lambda data: data.replace(old, new))


def noise(seed: int) -> Change:
    """A booster with a few bytes changed."""

    def changed(data: bytes) -> bytes:
        rng, found = np.random.default_rng(seed), bytearray(data)
        for place in rng.integers(len(data), size=1 + seed % 4):
            found[place] = rng.integers(256)
        return bytes(found)

    return file(BOOSTER, changed)


def _pipe(folder: Path, contents: dict[str, Any]) -> None:
    (folder / STATE).unlink()
    os.mkfifo(folder / STATE)


def _folder(folder: Path, contents: dict[str, Any]) -> None:
    (folder / STATE).unlink()
    (folder / STATE).mkdir()


def _link(folder: Path, contents: dict[str, Any]) -> None:
    (folder / STATE).unlink()
    (folder / STATE).symlink_to("/dev/zero")


PICKLED = np.array([{"a": 1}], object)
ANY = {
    "no labels": fact("labels", value=[]),
    "one label too few": fact("labels", value=["sick"]),
    "labels that are numbers": fact("labels", value=[1, 2]),
    "labels alike": fact("labels", value=["sick", "sick"]),
    "labels as a text": fact("labels", value="sickwell"),
    "a million labels": fact("labels", value=[f"label {n}" for n in range(1_000_000)]),
    "a label of escapes": fact("labels", value=["\x1b[2Jsick", "well"]),
    "thresholds as texts": fact("thresholds", value=["a", "b"]),
    "one threshold": fact("thresholds", value=[0.5]),
    "thresholds nested": fact("thresholds", value=[[0.5, 0.5]]),
    "thresholds beyond all numbers": fact("thresholds", value=[1e300, 0.5]),
    "no thresholds": missing("thresholds"),
    "another classifier": fact("classifier", value="logistic"),
    "a classifier elsewhere": fact("classifier", value="../../etc"),
    "a classifier that is a number": fact("classifier", value=7),
    "options that do not exist": fact("options", value={"colour": "red"}),
    "options as a list": fact("options", value=[1]),
    "no options": missing("options"),
    "views as a list": fact("views", value=[]),
    "no views": fact("views", value={}),
    "a view of another kind": fact("views", "orb_words", "kind", value="tea"),
    "a view by another name": fact("views", "../../x", value={}),
    "a view of another extractor": fact("views", "orb_words", "recipe", "extractor", value="os"),
    "a view of huge images": fact("views", "orb_words", "options", "image_size", value=10**9),
    "weights from a device": fact("views", "keras_file", "options", "weights", value="/dev/zero"),
    "weights from another file": fact(
        "views", "keras_file", "options", "weights", value="/etc/os-release"
    ),
    "a recipe that is a text": fact("views", "keras_file", "recipe", value="soup"),
    "data that is a number": fact("data", value=7),
    "a split that is a list": fact("split", value=[]),
    "versions that are a text": fact("versions", value="all"),
    "state: no archive": file(STATE, b"no archive"),
    "state: pickled": arrays(STATE, constants_=PICKLED),
    "state: an array of 160 GB": file(STATE, array_bomb()),
    "state: 500 MB of zeros": file(STATE, lambda data: zeros_bomb("constants_.npy")),
    "state: no constants": arrays(STATE, constants_=None),
    "state: constants of another shape": arrays(STATE, constants_=np.zeros((5, 5))),
    "state: constants as texts": arrays(STATE, constants_=np.array(["a", "b"])),
    "state: other views": arrays(STATE, view_names_=np.array(["a", "b"])),
    "state: other widths": arrays(STATE, view_widths_=np.array([1, 10**9])),
    "state: a method": arrays(STATE, predict_proba=np.zeros(3)),
    "state: missing": gone(STATE),
    "state: a pipe": _pipe,
    "state: a folder": _folder,
    "state: a link to a device": _link,
    "calibration: no archive": file(CALIBRATION, b""),
    "calibration: one label": arrays(CALIBRATION, slopes=np.ones(1)),
    "calibration: pickled": arrays(CALIBRATION, slopes=PICKLED),
    "calibration: not a number": arrays(CALIBRATION, slopes=np.full(2, np.nan)),
    "words: no archive": file(WORDS, b"PK"),
    "words: pickled": arrays(WORDS, words_=PICKLED),
    "words: of another width": arrays(WORDS, words_=np.zeros((8, 3), np.float32)),
    "words: none": arrays(WORDS, words_=np.zeros((0, 256), np.float32)),
    "words: texts": arrays(WORDS, words_=np.array([["a"]])),
    "words: a method": arrays(WORDS, transform=np.zeros(3)),
}
OF_NETWORKS = {
    "network: no archive": file(NETWORK, b"no archive"),
    "network: cut": file(NETWORK, lambda data: data[: len(data) // 2]),
    "network: 500 MB of zeros": file(NETWORK, lambda data: zeros_bomb("model.weights.h5")),
    "network: code": config(_lambda),
    "network: a function of os": config(_module),
    "network: layers of 2 billion": config(_wide),
}
OF_TREES = {
    "trees: empty": file(BOOSTER, b""),
    "trees: no booster": file(BOOSTER, b"{L\x00\x00"),
    "trees: cut": file(BOOSTER, lambda data: data[: len(data) // 2]),
    "trees: another objective": tree(b"binary:logistic", b"multi:softprobx"),
    "trees: other columns": tree(b"num_feature", b"num_featurf"),
    "trees: children elsewhere": tree(b"left_children", b"left_childrem"),
    **{f"trees: noise {seed}": noise(seed) for seed in range(40)},
}


def everything() -> Iterator[tuple[str, str, Change]]:
    """Name of the forgery, the bundle it is made of, and the change."""
    for bundle, changes in {"dual_input": ANY | OF_NETWORKS, "xgboost": OF_TREES}.items():
        for name, change in changes.items():
            yield name, bundle, change
