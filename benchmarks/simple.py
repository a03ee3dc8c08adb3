"""What most people would write first, on features from the cache, timed on a part of the work.

    python benchmarks/simple.py keras --data FOLDER --weights FILE.keras
    python benchmarks/simple.py boosters --data FOLDER --weights FILE.keras
    python benchmarks/simple.py bootstrap --data FOLDER

It prints processor seconds for all of the work, extrapolated, and what was timed. `scale.py` runs
it beside the commands.
"""

import sys
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

# This folder also has an xgboost.py, which would hide the library.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets import sources
from evaluation.auc import label_aucs, macro
from pipelines import asked_features
from pipelines.command_options import Compare

# What is timed; the rest is extrapolated.
FEW_ROUNDS, ROUNDS, ALL_ROUNDS, REPLICATES = 1, 6, 100, 3


def main(
    part: Annotated[str, typer.Argument(help="keras, boosters or bootstrap.")],
    data: Annotated[Path | None, typer.Option(help="Folder (default: synthetic images).")] = None,
    cache: Annotated[Path, typer.Option(help="Folder for cached features.")] = Compare.cache,
    weights: Annotated[str, typer.Option(help="As of compare.")] = Compare.weights,
    epochs: Annotated[int, typer.Option(help="Most epochs of Keras.")] = 30,
    models: Annotated[int, typer.Option(help="Models to resample.")] = 10,
    replicates: Annotated[int, typer.Option(help="Bootstrap replicates.")] = Compare.replicates,
) -> None:
    """Time a simple script on the features of a data set."""
    options = Compare(data=data, cache=cache, weights=weights)
    if part == "bootstrap":
        seconds, timed = bootstrap(sources.images_of(options), models, replicates)
    else:
        extracted = asked_features.extract(sources.images_of(options), options)
        blocks = [extracted.features(name).values for name in extracted.branches]
        if part == "keras":
            seconds, timed = keras_fit(extracted.images, blocks[0], epochs)
        else:
            seconds, timed = boosters(extracted.images, np.hstack(blocks))
    typer.echo(f"{part}: {seconds:.1f} s ({timed})")


def keras_fit(images, embedding, epochs):
    """Processor seconds of Keras' `fit` until early stopping, and the AUC that it reached."""
    import keras

    layers = [
        keras.layers.Normalization(),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(images.labels.shape[1], activation="sigmoid"),
    ]
    train, held_out, test = (
        (embedding[rows], images.labels[rows])
        for rows in (images.train, images.validation, images.test)
    )
    started = time.process_time()
    layers[0].adapt(train[0])
    model = keras.Sequential(layers)
    model.compile("adam", "binary_crossentropy")
    stopping = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    history = model.fit(
        *train, validation_data=held_out, epochs=epochs, callbacks=[stopping], verbose=0
    )
    seconds, done = time.process_time() - started, len(history.epoch)
    auc = macro(label_aucs(test[1], model.predict(test[0], verbose=0)))
    stopped = "until early stopping" if done < epochs else "not stopped yet"
    return seconds, f"{done} epochs, {stopped}, macro AUC {auc:.3f}"


def boosters(images, features):
    """Processor seconds of MultiOutputClassifier(XGBClassifier), from a few rounds of a label."""
    from xgboost import XGBClassifier

    train, label = features[images.train], images.labels[images.train][:, -1].astype(int)
    seconds = []
    for rounds in (FEW_ROUNDS, ROUNDS):
        started = time.process_time()
        XGBClassifier(n_estimators=rounds).fit(train, label)
        seconds.append(time.process_time() - started)
    each = (seconds[1] - seconds[0]) / (ROUNDS - FEW_ROUNDS)
    whole = seconds[0] + each * (ALL_ROUNDS - FEW_ROUNDS)
    n_labels = images.labels.shape[1]
    return whole * n_labels, f"{ROUNDS} of {ALL_ROUNDS} rounds, 1 of {n_labels} labels"


def bootstrap(images, n_models, n_replicates):
    """Processor seconds of a loop over scikit-learn, from a few replicates of one model."""
    from sklearn.metrics import roc_auc_score

    labels, patients = images.labels[images.test], images.patients[images.test]
    rng = np.random.default_rng(0)
    scores = rng.random(labels.shape)
    rows_of = pd.Series(patients).groupby(patients).indices
    known = np.array(list(rows_of))
    started = time.process_time()
    for _ in range(REPLICATES):
        drawn = np.concatenate([rows_of[patient] for patient in rng.choice(known, len(known))])
        for truth, column in zip(labels[drawn].T, scores[drawn].T, strict=True):
            if 0 < truth.sum() < len(truth):
                roc_auc_score(truth, column)
    seconds = (time.process_time() - started) / REPLICATES * n_replicates * n_models
    return seconds, f"{REPLICATES} of {n_replicates:,} replicates, 1 of {n_models} models"


if __name__ == "__main__":
    typer.run(main)
