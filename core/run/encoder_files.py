"""Which file of a stage is the encoder that it hands on."""

import re
from pathlib import Path
from typing import Final

from core.run.files import BEST_ENCODER, ENCODER

# Names of the rounds of self-distillation that every run has, with their numbers.
ROUND: Final = re.compile(r"\d+-self-distill-round-(\d+)")


def kept_encoder(folder: Path, keep: str) -> Path:
    """The encoder that a finished stage hands on: its last one, or its best by the probes."""
    best = folder / BEST_ENCODER
    return best if keep == "best" and best.is_file() else folder / ENCODER
