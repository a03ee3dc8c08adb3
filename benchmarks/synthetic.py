"""AUCs of logistic regression on the synthetic images.

    python benchmarks/synthetic.py

Logistic regression on 32 x 32 pixels, and on age, sex and view, is trained on the training and
validation patients and evaluated on the test patients. It takes about 20 s.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import image_files, sources
from datasets.options import Work

SIDE = 32
C = 0.01


def small(path):
    """An image's 32 x 32 pixels, (1024,)."""
    return cv2.resize(image_files.read(path), (SIDE, SIDE), interpolation=cv2.INTER_AREA).ravel()


def aucs(images, features):
    """Each label with its AUC on the test images."""
    learning = images.train | images.validation
    for column, name in enumerate(images.label_names):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
        model.fit(features[learning], images.labels[learning, column])
        scores = model.decision_function(features[images.test])
        yield name, roc_auc_score(images.labels[images.test, column], scores)


def main():
    """Print the AUCs of each label on pixels and on metadata."""
    images = sources.images_of(Work())
    meta = images.meta
    known = np.column_stack([meta["age"], meta["sex"] == "M", meta["view"] == "AP"]).astype(float)
    pixels = dict(aucs(images, np.array([small(path) for path in images.paths], float)))
    metadata = dict(aucs(images, known))
    positives = images.labels[images.test].sum(axis=0)
    print(f"{sources.headline(images)}; {images.split_name}; {images.test.sum()} test images")
    print(f"{'':14}{'positives':>10}{'pixels':>10}{'metadata':>10}")
    for count, name in zip(positives, images.label_names, strict=True):
        print(f"{name:14}{count:10.0f}{pixels[name]:10.3f}{metadata[name]:10.3f}")
    macro = [np.mean(list(table.values())) for table in (pixels, metadata)]
    print(f"{'macro AUC':14}{'':10}{macro[0]:10.3f}{macro[1]:10.3f}")


if __name__ == "__main__":
    main()
