"""The sample run: handwritten digits or docstrings, made offline."""
