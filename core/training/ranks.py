"""What several processes have to agree on, and how they add up their gradients."""

from collections.abc import Iterable, Sequence

import torch
import torch.distributed as dist
from torch import Tensor, nn

from core.training.context import RunContext
from core.training.device import Hardware

# Places in the program where processes meet: messages of one are not taken for another's.
_FLAGS, _BORDER = 1, 2


class Ranks:
    """The processes that train together; with one process everything here is free.

    Gradients are summed in one flat all-reduce after the backward pass, not by
    DistributedDataParallel during it: so a process that runs out of memory half-way can still
    say so, all of them halve their micro-batch, and nobody is left waiting in a collective.

    All but `sum` and `sum_gradients` goes over the CPU, waits for no GPU, and raises `RunError` or
    `Interrupted` when another process has left. Those two come after an agreement.
    """

    def __init__(self, hardware: Hardware) -> None:
        self._hardware = hardware
        self._peers = hardware.peers
        self.rank = hardware.rank
        self.world = hardware.world
        # Without them nothing would be agreed on, and nobody would notice.
        assert (self._peers is None) == (self.world == 1)
        self._flat: Tensor | None = None

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

    def flatten_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Let all gradients live in one buffer, so that summing them copies nothing."""
        if self.world == 1:
            return
        # In an order that all processes share: the all-reduce adds position by position and knows
        # no names. All on one device and in float32, as weights are in every precision.
        parameters = list(parameters)
        device = parameters[0].device
        self._flat = torch.zeros(sum(p.numel() for p in parameters), device=device)
        start = 0
        for parameter in parameters:
            # autograd adds into a gradient that is there, in place, and so into the buffer. That
            # holds as long as nobody sets `.grad` to None or to another tensor.
            parameter.grad = self._flat[start : start + parameter.numel()].view_as(parameter)
            start += parameter.numel()

    def zero_gradients(self, optimizer: torch.optim.Optimizer) -> None:
        """Clear the gradients."""
        if self._flat is None:
            optimizer.zero_grad(set_to_none=True)
        else:
            # Not by the optimizer, which would cut the gradients off from the buffer.
            self._flat.zero_()

    def sum_gradients(self) -> None:
        """Add up the gradients of all processes, in place."""
        if self._flat is not None:
            # A sum, not a mean: each process has weighed its rows by their share of the batch.
            dist.all_reduce(self._flat)
