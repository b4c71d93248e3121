"""The format `pt2`: the classifier as a graph that PyTorch runs without timm."""

from pathlib import Path
from typing import Final

import torch

from core.export.export_result import Written
from core.export.parity import Tolerance
from core.export.pt2_program import FACTS, MODEL, save_program
from core.images.export.network import Network
from core.images.export.subject import ImageSubject

TOLERANCE: Final = Tolerance(difference=1e-4)


def write_pt2(subject: ImageSubject, folder: Path, precision: str) -> Written:
    """Write the graph, and in the same file the class names and how to resize."""
    del precision  # there is one
    preprocessing = subject.preprocessing
    # Two: a batch of one would be taken for a constant.
    example = torch.zeros(2, 3, *preprocessing.image_size, dtype=torch.uint8)
    facts = {
        "image_size": list(preprocessing.image_size),
        "interpolation": preprocessing.interpolation,
    }
    network, sizes = Network(subject).eval(), ({0: torch.export.Dim("batch")},)
    save_program(network, (example,), sizes, subject, facts, folder)
    note = (
        f"`{MODEL}` takes uint8 (batch, 3, {example.shape[2]}, {example.shape[3]}), RGB, and gives "
        f"{subject.output_in_words}. Resizing is outside, as `run.py` does it. "
        f"{subject.told_with_it} are in its extra file `{FACTS}`."
    )
    return Written(
        architecture="torch.export.ExportedProgram",
        tolerance=TOLERANCE,
        libraries=("torch",),
        notes=[note],
    )
