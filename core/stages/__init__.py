"""The method in order: one file per stage."""
