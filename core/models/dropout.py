"""Dropout that does not depend on how a batch is cut into pieces."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.devices.table import kind_of


@dataclass
class DropoutPlace:
    """Which rows of the global batch of which step are being computed."""

    seed: int = 0
    start: int = 0
    global_rows: int = 0


class RowDropout(nn.Module):
    """Dropout whose mask is drawn for the global batch and cut to the rows at hand.

    So the mask of a row does not depend on how a batch is spread over processes or pieces.

    Args:
        p: Share of values dropped.
        place: Shared by all dropouts of a model; set before each forward pass.
        index: Tells the dropouts of a model apart.
    """

    def __init__(self, p: float, place: DropoutPlace, index: int) -> None:
        super().__init__()
        self.p = p
        self._place = place
        self._index = index

    def forward(self, x: Tensor) -> Tensor:
        """(B, …) with values dropped and the rest scaled up, in training."""
        if not self.training or self.p == 0:
            return x
        return (x * (1 / (1 - self.p))).masked_fill(self.dropped(x), 0)

    def dropped(self, x: Tensor) -> Tensor:
        """Which values of (B, …) go."""
        place = self._place
        # A fresh generator each time, whose numbers depend on nothing that ran before: a resumed
        # or repeated step, and a recomputed forward pass, draw the same.
        generator = kind_of(x.device).generator(x.device, place.seed + self._index)
        shape = (place.global_rows, *x.shape[1:])
        # All rows of the step are drawn, and most may be thrown away: row i has to have the i-th
        # part of the stream whichever process computes it.
        return _drawn(shape, self.p, generator, x.device)[place.start : place.start + len(x)]


class RowDropPath(RowDropout):
    """Stochastic depth: whole rows are dropped from a residual branch (Huang et al. 2016)."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, …) with rows set to 0 and the rest scaled up, in training."""
        if not self.training or self.p == 0:
            return x
        ones = super().forward(x.new_ones(len(x), 1))
        return x * ones.view(-1, *[1] * (x.dim() - 1))


def _drawn(
    shape: tuple[int, ...], p: float, generator: torch.Generator, device: torch.device
) -> Tensor:
    """Booleans that are true with probability `p` (on a CPU to 1/65,536)."""
    if device.type != "cpu":
        return torch.empty(shape, device=device).bernoulli_(p, generator=generator) > 0
    # Sixteen bits each, four from one number of the generator: drawing a number for each took a
    # quarter of a step of a small model.
    count = math.prod(shape)
    # All of int64 (no upper end given), so that each quarter is uniform over the 65,536 values of
    # int16, of which the lowest p * 65,536 are dropped.
    numbers = torch.empty((count + 3) // 4, dtype=torch.int64)
    bits = numbers.random_(-(2**63), None, generator=generator).view(torch.int16)[:count]
    return bits.view(shape) < round(p * 65_536) - 32_768
