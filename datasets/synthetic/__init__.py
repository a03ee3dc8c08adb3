"""Synthetic chest radiographs, which show no real person."""
