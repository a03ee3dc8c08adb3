"""The history of a training: its figures by epoch, in memory and for TensorBoard."""

from pathlib import Path
from typing import Any

import numpy as np

HISTORY = np.dtype(
    [("loss", "f4"), ("validation_loss", "f4"), ("validation_auc", "f4"), ("learning_rate", "f4")]
)
# HISTORY (epochs,) by the name of the network.
Histories = dict[str, np.ndarray]


def histories(classifier: Any) -> Histories:
    """The history of each network in a classifier by its name; {} if it trained none."""
    own = getattr(classifier, "history_", None)
    by_name = {} if own is None else {type(classifier).__name__: own}
    for place, member in enumerate(getattr(classifier, "fitted_", [])):
        for name, history in histories(member).items():
            by_name[f"{place + 1}. {name}"] = history
    return by_name


def log(folder: Path | None, history: np.ndarray) -> None:
    """Add the last epoch of a history to TensorBoard's files in a folder, if there is one."""
    if folder is None:
        return
    # TensorFlow takes seconds to import, and readers of histories do not need it.
    from features.runtime import tf

    plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
    scalars = tf.compat.v1.SummaryMetadata(plugin_data=plugin)
    writer = tf.summary.create_file_writer(str(folder))
    # tf.summary.scalar would need TensorBoard itself to be installed.
    with writer.as_default(step=len(history)):
        for name in history.dtype.fields or ():
            tf.summary.write(name, history[name][-1], metadata=scalars)
    writer.close()
