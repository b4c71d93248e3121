"""Losses that look at the whole batch at once, computed in pieces and by several processes.

Where a row's loss depends on all other rows, as in a contrast, pieces can't just be added up. So a
step has two passes, as in GradCache (Gao et al. 2021, arXiv 2101.06983): the first one computes
without gradients what the loss needs of each row, brings it together, and finds the gradient with
respect to it; the second one goes through the pieces as usual and hands each row its gradient on.
The result is that of the whole batch, but for rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from core.training.device import Hardware
from core.training.feed import Batch
from core.training.memory import is_out_of_memory
from core.training.ranks import Ranks

if TYPE_CHECKING:
    from core.training.job import Job


class SeesWholeBatch(Protocol):
    """What a job has whose loss looks at the whole batch."""

    def look(self, batch: Batch) -> Tensor:
        """(n, …) what the loss needs of each row; one number type and shape for all pieces."""
        ...

    def pulls(self, seen: Tensor) -> Batch:
        """From (B, …) what is needed of all rows: tensors with B rows, for the second pass."""
        ...


@dataclass(frozen=True)
class WholeBatch:
    """The first pass.

    Attributes:
        job: What is trained; without a `whole_batch` there is no first pass.
        rows: Rows of this process within the global batch.
        hardware: Device and precision.
        ranks: The processes.
    """

    job: "Job"
    rows: slice
    hardware: Hardware
    ranks: Ranks

    def batch(self, fetch: Callable[[], Batch], size: int) -> Batch:
        """This process's rows with what their second pass needs.

        Args:
            fetch: Gets them.
            size: Rows of a piece, at most.

        Raises:
            MemoryError: Memory ran out, here or elsewhere: all processes say so together, so that
                none waits for another one's rows.
        """
        looking, global_rows = self.job.whole_batch, self.job.feed.batch_size
        if looking is None or (self.ranks.world == 1 and global_rows <= size):
            return fetch()
        ran_out, batch, own = "", Batch(), torch.empty(0)
        try:
            batch = fetch()
            own = self._looked(looking, batch, size)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            ran_out = str(error) or type(error).__name__
        if self.ranks.any([bool(ran_out)])[0]:
            raise MemoryError(ran_out or "on another process")
        seen = own.new_zeros(global_rows, *own.shape[1:])
        seen[self.rows] = own
        pulls = looking.pulls(self.ranks.sum(seen))
        return batch | {name: value[self.rows] for name, value in pulls.items()}

    def _looked(self, looking: SeesWholeBatch, batch: Batch, size: int) -> Tensor:
        num_rows = self.rows.stop - self.rows.start
        with torch.no_grad(), self.hardware.accelerator.autocast():
            pieces = [
                looking.look(
                    {name: value[start : start + size] for name, value in batch.items()}
                ).float()
                for start in range(0, num_rows, size)
            ]
        return torch.cat(pieces)
