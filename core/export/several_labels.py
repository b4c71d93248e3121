"""What an export says of several labels per example, and whether two answers of it are the same."""

from typing import Any, Final

import numpy as np

from core.export.parity import Agree
from core.export.subject import Subject

# Beside every export that needs them: label to threshold.
THRESHOLDS: Final = "thresholds.json"


def several_labels(subject: Subject) -> dict[str, Any]:
    """What the configuration of transformers says; empty where the answer is one class."""
    if not subject.thresholds:
        return {}
    return {"problem_type": subject.decision.task.problem_type, "thresholds": subject.thresholds}


def same_labels_of(subject: Subject) -> Agree | None:
    """How the share of the same answers is counted; None where the answer is one class."""
    if not subject.thresholds:
        return None
    limits = np.array(list(subject.thresholds.values()))

    def same_labels(found: np.ndarray, wanted: np.ndarray, tie: float) -> float:
        """Of the labels whose probability is not at their threshold all have to be the same."""
        is_same = (found >= limits) == (wanted >= limits)
        is_same |= np.abs(wanted - limits) <= tie
        return float(is_same.all(axis=1).mean())

    return same_labels
