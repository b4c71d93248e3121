"""The losses of steps: summed on the device, read in bulk while it goes on computing."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from core.devices.kind import DeviceKind, Reading
from core.training.failures import LossNotFinite
from core.training.ranks import Ranks


@dataclass(frozen=True)
class Heard:
    """Mean losses up to a step, and the learning rate of that step."""

    step: int
    lr: float
    losses: dict[str, float]


@dataclass(frozen=True)
class _Asked:
    step: int
    lr: float
    names: list[str]
    reading: Reading


class Losses:
    """Mean losses over the steps between two questions; one question is under way at a time.

    Args:
        ranks: The processes whose losses add up.
        kind: Of the device that computes.

    Attributes:
        last: The ones that were heard last; empty before the first.
    """

    def __init__(self, ranks: Ranks, kind: DeviceKind) -> None:
        self._ranks, self._kind = ranks, kind
        self._sums: dict[str, Tensor] = {}
        self._number = 0
        self._asked: _Asked | None = None
        self.last: dict[str, float] = {}

    def add(self, parts: dict[str, Tensor]) -> None:
        """Add this process's share of the losses of a step."""
        for name, value in parts.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._number += 1

    def ask(self, step: int, lr: float) -> None:
        """Begin to read what was added since the last question; it was heard before."""
        assert self._asked is None
        if not self._number:
            return
        names = sorted(self._sums)
        stacked = self._ranks.sum(torch.stack([self._sums[name] for name in names]))
        reading = self._kind.read([stacked / self._number])
        self._asked = _Asked(step, lr, names, reading)
        self._sums, self._number = {}, 0

    def hear(self, *, wait: bool) -> Heard | None:
        """The answer to the last question; None where nothing is asked, or it is not there yet.

        Several processes hear together: what one of them finds, the others must not go on without.

        Args:
            wait: Whether to wait for it; the same in all processes.

        Raises:
            LossNotFinite: One is no number.
        """
        asked = self._asked
        if asked is None:
            return None
        at_once = not self._kind.runs_ahead
        alone = self._ranks.world == 1
        if not (wait or at_once or (alone and asked.reading.is_there())):
            return None
        self._asked = None
        values = asked.reading.wait()[0].tolist()
        self.last = dict(zip(asked.names, values, strict=True))
        if not all(map(math.isfinite, values)):
            raise LossNotFinite(asked.step, self.last["loss"])
        return Heard(asked.step, asked.lr, self.last)
