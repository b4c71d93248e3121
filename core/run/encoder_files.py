"""Which file of a stage is the encoder that it hands on."""

from pathlib import Path

from core.run.files import BEST_ENCODER, ENCODER


def kept_encoder(folder: Path, keep: str) -> Path:
    """The encoder that a finished stage hands on: its last one, or its best by the probes."""
    best = folder / BEST_ENCODER
    return best if keep == "best" and best.is_file() else folder / ENCODER
