"""One command for the day a GPU is there: is everything right on it, and how fast is it.

    uv run python -m tests.gpu_day

Each section is a process of its own, with a time limit: one that fails or hangs ends neither the
others nor the report. It ends in one JSON file and a table against the bars.
"""
