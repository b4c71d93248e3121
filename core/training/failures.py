"""Two ways a stage fails that are not its end: it goes back to its checkpoint and on from there."""

from collections.abc import Iterable

import torch
from torch import Tensor


class LossNotFinite(Exception):  # noqa: N818  (handled by `stages.pipeline`, never shown)
    """The loss or a weight is no longer a number."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(step, value)
        self.step = step
        self.value = value


class TornUpdate(Exception):  # noqa: N818  (handled by `stages.pipeline`, never shown)
    """Memory ran out while weights were being updated: they can't be trusted."""


def require_finite_weights(parameters: Iterable[Tensor], step: int) -> None:
    """Refuse to save what infinite gradients did: a finite loss can have them.

    Raises:
        LossNotFinite: A weight is no longer a number.
    """
    finite = [parameter.detach().isfinite().all() for parameter in parameters]
    if not bool(torch.stack(finite).all()):
        raise LossNotFinite(step, float("nan"))
