"""One file per metric; the file name is its key in report.json. See `evaluation/metric.py`."""
