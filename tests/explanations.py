"""A bundle, its findings and an explained film, made up to be followed by hand."""

from types import SimpleNamespace

import numpy as np

from features.local_descriptors import LocalDescriptors
from inference.explained import Explained
from inference.label_decisions import Decision
from models.attribution import Attribution
from models.bundle import Bundle, Findings
from models.calibration import Calibration

LABELS = ("Mass", "Edema", "Hernia", "No Finding")
FOUND = LocalDescriptors(
    np.zeros((3, 1)), np.array([[0.5, 0.5]] * 3), np.array([0.1, 0.2, 0.3]), np.zeros(3)
)
GRID = LocalDescriptors(np.zeros((4, 1)), np.array([[0.5, 0.5]] * 4), np.full(4, 0.1), np.zeros(4))

WHOLE = SimpleNamespace(member_shares={}, weightless=())


def bundle(thresholds=(0.5, 0.2, np.nan, 0.4)):
    k = len(LABELS)
    calibration = Calibration(np.ones(k), np.zeros(k))
    values = {"labels": LABELS, "calibration": calibration, "thresholds": np.array(thresholds)}
    return Bundle(name="made_up", classifier=WHOLE, views={}, data="d", split="s", **values)


def findings(*rows):
    calibrated, thresholds = np.array(rows, np.float32), bundle().thresholds
    present = np.where(np.isnan(thresholds), None, calibrated >= thresholds)
    return Findings(calibrated / 2, calibrated, present)


def attribution(n_labels):
    """Of one film: the network speaks for every label, the words for and against it."""
    net, words = np.ones((1, n_labels, 2)), np.tile([3.0, -1.0], (1, n_labels, 1))
    return Attribution({"net": net, "sift": words}, np.full((1, n_labels), -0.5))


def decision(label="Mass", image="a/film.png", **changes):
    values = {"probability": 0.75, "raw_probability": 0.6, "threshold": 0.5, "present": True}
    families = {"attribution": {"net": 2.0, "sift": 2.0}, "shares": {"net": 1 / 3, "sift": 2 / 3}}
    known = {"image": image, "label": label, "truth": 1.0, "bias": -0.5}
    return Decision(**(known | values | families | changes))


def explained(shape=(40, 80), maps=None, keypoints=None, decisions=None, placeless=()):
    """A film with two decisions, the first of them with a box."""
    decisions = decisions or [decision("Mass"), decision("No Finding", present=False)]
    words = np.full((2, 4, 4), 0.125, np.float32)
    return Explained(
        stem="a_film",
        names=[f"a_film-{each.label.replace(' ', '_')}" for each in decisions],
        plane=np.full(shape, 50, np.uint8),
        decisions=decisions,
        boxes=[np.array([[0.5, 0.5, 0.25, 0.25]]), np.empty((0, 4))],
        maps={"gradcam": np.ones((2, 2, 2), np.float32), "sift": words} if maps is None else maps,
        keypoints={"sift": FOUND} if keypoints is None else keypoints,
        placeless=placeless,
    )
