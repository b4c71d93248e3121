"""What is asked of a classifier, one task a file; `choose.py` has the one of a run."""
