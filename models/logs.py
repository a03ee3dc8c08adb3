"""How a training goes, as TensorBoard reads it."""

from pathlib import Path

import numpy as np

from features.runtime import tf

SCALARS = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
)


def log(folder: Path | None, history: np.ndarray) -> None:
    """Add a history's last epoch to the files of a folder; without a folder to none."""
    if folder is None:
        return
    writer = tf.summary.create_file_writer(str(folder))
    # The scalars of tf.summary would need TensorBoard itself to be installed.
    with writer.as_default(step=len(history)):
        for name in history.dtype.fields or ():
            tf.summary.write(name, history[name][-1], metadata=SCALARS)
    writer.close()
