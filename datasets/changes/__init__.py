"""One file per change of acquisition; the file name is its name. See `datasets/image_change.py`."""
