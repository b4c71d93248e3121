"""What a classifier said of held-out examples: its numbers, and the answers themselves."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from core.stages.modality import LabeledExamples
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes


def evaluated(
    setup: RunSetup, probabilities: np.ndarray, labeled: LabeledExamples
) -> dict[str, Any]:
    """The metrics of (N, C) probabilities of these examples."""
    # Late: scikit-learn takes seconds, and a run's first stages do without it.
    from core.evaluate.metrics import evaluate_predictions

    return evaluate_predictions(
        probabilities, labeled.targets, setup.classes, seed=setup.recipe.seed
    )


def save_answers(file: Path, probabilities: np.ndarray, targets: np.ndarray) -> None:
    """Keep (N, C) probabilities with the (N,) true classes."""
    tensors = {
        "probabilities": torch.from_numpy(np.ascontiguousarray(probabilities)),
        "targets": torch.from_numpy(np.ascontiguousarray(targets)),
    }
    write_bytes(file, save(tensors))
