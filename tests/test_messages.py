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
    "DatasetNotFound": (
        missing_folder,
        "--data must be a folder with images; there is no folder FOLDER/none. Check the path, or"
        " leave --data out to use the synthetic images.",
    ),
    "BadTable": (
        column_that_is_not_there,
        "FOLDER/t.csv must have a column 'image'; it has: name. Rename one of them (other accepted"
        " names: file).",
    ),
    "BadSplit": (
        shared_patient,
        "Each patient must be in one set; split 'mine' shares 1 of them between sets: p1. Correct"
        " the lists, or pass --split random.",
    ),
    "ImageUnreadable": (
        text_as_image,
        "neither PNG, JPEG nor DICOM",
    ),
    "ImageTooLarge": (
        large_image,
        "40 × 40 pixels; the limit is 1,000 pixels",
    ),
    "FileUnreadable": (
        folder_as_file,
        "FOLDER must be a readable file; it is a folder. Name a regular file.",
    ),
    "BadArrays": (
        text_as_arrays,
        "not a file of plain arrays: File is not a zip file",
    ),
    "InvalidOption": (
        unknown_view,
        "--views must be one of frontal, lateral; got 'side'.",
    ),
    "UnknownPlugin": (
        unknown_extractor,
        "The extractors have no 'resnet51'; did you mean resnet50 or densenet121 or small_resnet?"
        " Choose from: akaze_words, brisk_words, conv_fisher, dense_sift_fisher, dense_sift_vlad,"
        " dense_sift_words, densenet121, efficientnetb0, efficientnetb3, gabor, glcm, hog,"
        " inceptionv3, keras_file, lbp, onnx_file, orb_words, pixels, resnet50, sift_words,"
        " small_resnet.",
    ),
    "MisalignedRows": (
        unknown_id,
        "Every id must be an image of made up; 1 are not, such as 'other'. Check that both come"
        " from the same data set.",
    ),
    "TooFewDescriptors": (
        blank_images,
        "OrbWords needs at least 128 descriptors to learn from; 3 images have 0. Use more or"
        " larger images, or set a smaller n_words or n_gaussians.",
    ),
    "BadScores": (
        scores_without_a_column,
        "cnn.csv must have a row for each id and a column for each label; got (2, 1) for 2 ids and"
        " 2 labels. Correct the table.",
    ),
    "BundleUnusable": (
        empty_bundle,
        "A bundle must be a folder with bundle.json; FOLDER has none. Make one with `train`.",
    ),
    "WeightsUnavailable": (
        missing_weights,
        "--weights must be auto, imagenet, random or a file; there is no file FOLDER/w.h5. Pass"
        " --weights FILE, or --weights random.",
    ),
    "UploadRefused": (
        too_many_uploads,
        "The server takes at most 2 images at a time, augmented versions included; this request has"
        " 3. Send fewer images, or lower tta.",
    ),
    "Busy": (
        full_server,
        "The server is busy with 2 images; try again in a second.",
    ),
    "WorkEnded": (
        crash,
        "it crashes its reader",
    ),
    "ClusterUnusable": (
        worker_without_the_images,
        "Workers must see the same cache and images as the client; HOST has no FOLDER/f.png. Put"
        " both on a file system that all share: --cache, --data.",
    ),
    "StorageFailed": (
        folder_that_is_gone,
        "FOLDER/none/report.json must be on a writable disk with free space; no such file or"
        " directory. Check that its folder is still there, or name another folder with --out or"
        " --cache, and run the command again.",
    ),
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
