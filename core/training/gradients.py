"""The gradients of all processes, summed in portions while a backward pass still computes others.

Each process asks for the same sums in the same order in every step, whatever happens to it: the sum
of a portion begins once all of it is there and those before have begun, and a process that runs out
of memory half-way asks for the rest with what it has. So nobody is left in a sum that another one
never comes to; afterwards they agree on whether to throw it away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

# What DistributedDataParallel takes: small enough to begin early, large enough for a network.
_PORTION_BYTES = 25 * 2**20


@dataclass
class _Portion:
    """A piece of the buffer.

    Attributes:
        exact: Gradients in float32, where autograd adds them.
        sent: What is summed, of another precision or the gradients themselves.
        size: Number of parameters whose gradients lie there.
        missing: How many of them the last piece of a step has not computed yet.
        work: The sum, once it has begun.
    """

    exact: Tensor
    sent: Tensor
    size: int
    missing: int = 0
    work: Any = None


@dataclass
class GradientSums:
    """The gradients of this process's parameters, and their sums over all processes.

    Attributes:
        parameters: In an order that all processes share: sums add position by position, and know
            no names. All on one device and in float32, as weights are in every precision.
        precision: What is sent, `float32` or `bfloat16`.
        portion_bytes: Gradients that are summed at once.
    """

    parameters: Sequence[nn.Parameter]
    precision: str = "float32"
    portion_bytes: int = _PORTION_BYTES
    _portions: list[_Portion] = field(default_factory=list)
    _next: int = 0
    _is_last_piece: bool = False

    def __post_init__(self) -> None:
        # A backward pass comes to the last layers first.
        backwards = list(reversed(self.parameters))
        total = sum(map(torch.numel, backwards))
        self._flat = torch.zeros(total, device=backwards[0].device)
        sent = self._flat
        if self.precision == "bfloat16":
            # Here, not in a step, where memory may have run out.
            sent = torch.zeros_like(self._flat, dtype=torch.bfloat16)
        start = first = count = 0
        for parameter in backwards:
            end = start + parameter.numel()
            # autograd adds into a gradient that is there, in place, and so into the buffer. That
            # holds as long as nobody sets `.grad` to None or to another tensor.
            parameter.grad = self._flat[start:end].view_as(parameter)
            self._watch(parameter, len(self._portions))
            start, count = end, count + 1
            if 4 * (start - first) >= self.portion_bytes or start == total:
                self._portions.append(_Portion(self._flat[first:start], sent[first:start], count))
                first, count = start, 0

    def clear(self) -> None:
        """Clear the gradients, at the beginning of a step."""
        self._next, self._is_last_piece = 0, False
        for portion in self._portions:
            portion.missing = portion.size
        self._flat.zero_()

    @property
    def begun(self) -> tuple[int, int]:
        """How many sums of this step have begun, and how many there are."""
        return self._next, len(self._portions)

    def begin(self) -> None:
        """Begin each sum as soon as the backward pass that comes next, the last one, lets it."""
        self._is_last_piece = True

    def begin_rest(self) -> None:
        """Begin all sums that have not, complete or not."""
        self._is_last_piece = False
        while self._next < len(self._portions):
            self._begin_next()

    def finish(self) -> None:
        """Wait for the sums; all processes have agreed before that they began theirs."""
        for portion in self._portions:
            portion.work.wait()
            portion.work = None
            if portion.sent.dtype != torch.float32:
                portion.exact.copy_(portion.sent)

    def _watch(self, parameter: nn.Parameter, index: int) -> None:
        watched: Any = parameter  # torch leaves the types of this hook open
        watched.register_post_accumulate_grad_hook(lambda _: self._is_there(index))

    def _is_there(self, index: int) -> None:
        if not self._is_last_piece:
            return
        self._portions[index].missing -= 1
        while self._next < len(self._portions) and self._portions[self._next].missing <= 0:
            self._begin_next()

    def _begin_next(self) -> None:
        portion = self._portions[self._next]
        if portion.sent.dtype != torch.float32:
            portion.sent.copy_(portion.exact)
        # A sum, not a mean: each process has weighed its rows by their share of the batch.
        portion.work = dist.all_reduce(portion.sent, async_op=True)
        self._next += 1
