"""Each error class once, with its whole message: all of them read in a row."""

import socket

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import arrays
import checks
import confined
import errors
import features.extractors
import registry
import storage
from clusters.extraction import check
from datasets import image_files, loading, splits
from datasets.images import Split
from datasets.options import Reading
from datasets.tables import need_column
from evaluation.aligning import check_ids
from features.extractors.orb_words import OrbWords
from features.weight_files import must_exist
from models.bundle_manifest import contents
from serving.model_queue import ModelQueue
from tests import fakes

IDS = np.array(["a", "b"], object)


def missing_folder(folder):
    loading.load(Reading(data=folder / "none"))


def column_that_is_not_there(folder):
    need_column(pd.DataFrame({"name": []}), folder / "t.csv", "image", "file")


def shared_patient(folder):
    images = fakes.images(np.ones((2, 1)), ["p1", "p1"])
    splits.attach(images, Split("mine", np.array(["train", "test"], object)))


def text_as_image(folder):
    image_files.decode(b"text")


def large_image(folder):
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(folder / "f.png")
    image_files.check_size(40, 40, most_pixels=1000)


def folder_as_file(folder):
    storage.read_bytes(folder)


def text_as_arrays(folder):
    arrays.read(b"text")


def unknown_view(folder):
    checks.one_of("--views", "side", ["frontal", "lateral"])


def unknown_extractor(folder):
    registry.load(features.extractors, "resnet51")


def unknown_id(folder):
    fakes.images(np.ones((2, 1))).rows(np.array(["other"], object))


def blank_images(folder):
    OrbWords(image_size=64).fit(np.zeros((3, 64, 64), np.uint8))


def scores_without_a_column(folder):
    check_ids("cnn.csv", IDS, np.zeros((2, 1)), ["Mass", "Edema"])


def empty_bundle(folder):
    contents(folder)


def missing_weights(folder):
    must_exist(folder / "w.h5")


def too_many_uploads(folder):
    with ModelQueue(list, at_once=1, room=2).admitted(3):
        pass


def full_server(folder):
    queue = ModelQueue(list, at_once=1, room=2)
    with queue.admitted(2), queue.admitted(1):
        pass


def crash(folder):
    confined.Children().call("tests.confined_work:crash", b"")


def worker_without_the_images(folder):
    check((folder / "f.png",), "")


def folder_that_is_gone(folder):
    storage.write_text(folder / "none" / "report.json", "{}")


MESSAGES = {
    "DatasetNotFound": (missing_folder, ""),
    "BadTable": (column_that_is_not_there, ""),
    "BadSplit": (shared_patient, ""),
    "ImageUnreadable": (text_as_image, ""),
    "ImageTooLarge": (large_image, ""),
    "FileUnreadable": (folder_as_file, ""),
    "BadArrays": (text_as_arrays, ""),
    "InvalidOption": (unknown_view, ""),
    "UnknownPlugin": (unknown_extractor, ""),
    "MisalignedRows": (unknown_id, ""),
    "TooFewDescriptors": (blank_images, ""),
    "BadScores": (scores_without_a_column, ""),
    "BundleUnusable": (empty_bundle, ""),
    "WeightsUnavailable": (missing_weights, ""),
    "UploadRefused": (too_many_uploads, ""),
    "Busy": (full_server, ""),
    "WorkEnded": (crash, ""),
    "ClusterUnusable": (worker_without_the_images, ""),
    "StorageFailed": (folder_that_is_gone, ""),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_whole_message_of_each_error(name, tmp_path):
    call, message = MESSAGES[name]
    kind = getattr(errors, name)
    with pytest.raises(kind) as raised:
        call(tmp_path)
    assert raised.type is kind
    shown = str(raised.value).replace(str(tmp_path), "FOLDER").replace(socket.gethostname(), "HOST")
    assert shown == message


def test_every_error_has_its_message_here():
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert kinds - {"HybridError"} == set(MESSAGES)
