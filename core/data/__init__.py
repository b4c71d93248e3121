"""Folder to dataset: scan, validate, decode, split, feed."""
