"""Dask: connecting to workers, and what they run."""
