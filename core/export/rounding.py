"""How exactly a model's answers can be known at all, where numbers are rounded to float32."""

import contextlib
from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from torch import nn

from core.export.examples import CheckExamples
from core.export.subject import Subject

# How much more than one rounding of the weights a whole computation may come to: each product and
# each sum is rounded as well, in another order by each program.
_MARGIN: Final = 8.0
# No rounding is taken for an excuse beyond this, in units of `Tolerance.difference`.
_MOST: Final = 5e-3


def unavoidable_difference(
    subject: Subject, examples: CheckExamples, wanted: np.ndarray, batch_size: int, unit: float
) -> float:
    """How far a right program may be off because the model magnifies rounding.

    Every weight is moved by its last bit, up or down by chance; what that changes no program can
    get right. A steep head, as few examples that are easily told apart give one, makes tenths of a
    percent of it.

    Args:
        subject: The trained model; it is as it was afterwards.
        examples: The examples, in the order of `wanted`.
        wanted: What it answers.
        batch_size: Examples at once.
        unit: How large differences of outputs are.

    Returns:
        In units of `Tolerance.difference`; 0 where the model does not magnify anything.
    """
    with _last_bits_moved(subject.modules):
        batches = examples.batches(batch_size)
        moved = np.concatenate([subject.outputs(some) for some in batches])
    change = float(np.abs(moved.astype(np.float64) - wanted).max()) / unit
    return min(_MOST, _MARGIN * change) if np.isfinite(change) else 0.0


@contextlib.contextmanager
def _last_bits_moved(modules: tuple[nn.Module, ...]) -> Iterator[None]:
    parameters = [
        parameter
        for module in modules
        for parameter in module.parameters()
        if parameter.is_floating_point()
    ]
    before = [parameter.detach().clone() for parameter in parameters]
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in parameters:
            signs = torch.randint(0, 2, parameter.shape, generator=random) * 2 - 1
            step = torch.finfo(parameter.dtype).eps * signs.to(parameter.device)
            parameter.mul_(1 + step.to(parameter.dtype))
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, was in zip(parameters, before, strict=True):
                parameter.copy_(was)
