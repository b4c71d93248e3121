"""What several processes have to agree on, and how they add up their gradients."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from core.training.context import RunContext
from core.training.device import Hardware
from core.training.gradients import GradientSums

# Places in the program where processes meet: messages of one are not taken for another's.
_FLAGS, _BORDER = 1, 2


class Ranks:
    """The processes that train together; with one process everything here is free.

    Gradients are summed while the backward pass still computes, but not by
    DistributedDataParallel: so a process that runs out of memory half-way can still say so, all of
    them halve their micro-batch, and nobody is left waiting in a collective (`GradientSums`).

    All but `sum` and `sum_gradients` goes over the CPU, waits for no GPU, and raises `RunError` or
    `Interrupted` when another process has left. Those two wait after an agreement only.
    """

    def __init__(self, hardware: Hardware) -> None:
        self._hardware = hardware
        self._peers = hardware.peers
        self.rank = hardware.rank
        self.world = hardware.world
        # Without them nothing would be agreed on, and nobody would notice.
        assert (self._peers is None) == (self.world == 1)
        self._sums: GradientSums | None = None

    def any(self, flags: Sequence[bool]) -> list[bool]:
        """Each flag, raised if any process raised it."""
        if self._peers is None:
            return list(flags)
        return self._peers.any(flags, place=_FLAGS)

    def sum(self, values: Tensor) -> Tensor:
        """The sum over all processes of a small tensor."""
        if self.world == 1:
            return values
        total = self._hardware.accelerator.reduce(values, reduction="sum")
        assert isinstance(total, Tensor)
        return total

    def same(self, number: int) -> bool:
        """Whether all processes have the same number."""
        return self._peers is None or self._peers.same(number)

    def gather(self, rows: Tensor) -> list[Tensor]:
        """The CPU tensors of all processes, of one shape, on rank 0; elsewhere nothing."""
        return [rows] if self._peers is None else self._peers.gather(rows)

    def wait(self, context: RunContext | None = None) -> None:
        """Wait until every process is here.

        Args:
            context: Asked to pause or stop while waiting, this process leaves, and so the others
                do; None to wait on.
        """
        if self._peers is not None:
            look = None if context is None else context.raise_if_requested
            self._peers.any([], place=_BORDER, look=look)

    def flatten_gradients(self, parameters: Iterable[nn.Parameter], precision: str) -> None:
        """Let all gradients live in one buffer, so that summing them copies nothing.

        Args:
            parameters: What is trained.
            precision: That their sums are computed in, `float32` or `bfloat16`.
        """
        if self.world > 1:
            self._sums = GradientSums(list(parameters), precision)

    def zero_gradients(self, optimizer: torch.optim.Optimizer) -> None:
        """Clear the gradients."""
        if self._sums is None:
            optimizer.zero_grad(set_to_none=True)
        else:
            # Not by the optimizer, which would cut the gradients off from the buffer.
            self._sums.clear()

    def begin_sums(self) -> None:
        """Begin to add up gradients during the backward pass that comes next, a step's last."""
        if self._sums is not None:
            self._sums.begin()

    def begin_other_sums(self) -> None:
        """Begin all that has not begun: before every agreement on a step, also on one that failed.

        Without memory for it, and without waiting.
        """
        if self._sums is not None:
            self._sums.begin_rest()

    def sum_gradients(self) -> None:
        """Wait until the gradients of all processes are added up, in place."""
        if self._sums is not None:
            self._sums.finish()
