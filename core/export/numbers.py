"""What an export says of a model that predicts numbers, and its output layer in their unit."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import torch
from torch import nn

from core.export.parity import Tolerance
from core.export.subject import Subject
from core.models.plain import require_plain
from core.stages.tasks.regression import put_scale_into

_LEAST_TOLERANCE: Final = 5e-3


@contextlib.contextmanager
def in_units(subject: Subject, output: nn.Linear | None) -> Iterator[None]:
    """Let an output layer answer in the unit of the labels meanwhile; of classes as it is.

    Other programs read a model's outputs as they are, so what turns them back from standard
    deviations has to be within the weights that they open.

    Raises:
        RunError: `layer-not-plain`.
    """
    if output is None or not subject.decision.task.is_number:
        yield
        return
    require_plain(output, nn.Linear, name="the output layer", why="exporting numbers")
    before = [values.detach().clone() for values in (output.weight, output.bias)]
    put_scale_into(output, subject.decision.scale)
    try:
        yield
    finally:
        with torch.no_grad():
            for values, was in zip((output.weight, output.bias), before, strict=True):
                values.copy_(was)


def tolerance_of(subject: Subject, usual: Tolerance) -> Tolerance:
    """How far an export may be off: of numbers in standard deviations of the training labels.

    No softmax presses rounding together there, so that it is larger; it is far below any error.
    """
    if not subject.classes or not subject.decision.task.is_number:
        return usual
    return replace(usual, difference=max(usual.difference, _LEAST_TOLERANCE))


def numbers_in_config(subject: Subject) -> dict[str, Any]:
    """What a configuration says of numbers; empty where the answer is a class."""
    if not subject.classes or not subject.decision.task.is_number:
        return {}
    decision = subject.decision
    return {
        "problem_type": decision.task.problem_type,
        "training_labels": decision.scale.to_json(),
        "margin": decision.margin,
    }
