"""A modality that lives in the tests: examples that can only be shown by their names."""
