"""How many rows of a batch are computed at a time: fewer once memory has run out."""

from core.errors import RunError
from core.language import _
from core.run.events import Noticed
from core.training.context import RunContext
from core.training.device import Hardware
from core.training.feed import Resident
from core.training.job import Job
from core.training.memory import free_cached_memory

# Rows per piece at which examples leave the device rather than that pieces are halved again: they
# lie there for speed, and pieces of a single row would cost more of it.
_EXAMPLES_LEAVE_AT = 2


class Pieces:
    """The micro-batch of a stage.

    Args:
        job: What is trained.
        num_rows: Rows of this process in a batch.
        hardware: The device.
        context: Keeps the size that was found, and is told of it.

    Attributes:
        size: Rows of a piece, at most.
    """

    def __init__(self, job: Job, num_rows: int, hardware: Hardware, context: RunContext) -> None:
        self._job, self._hardware, self._context = job, hardware, context
        adjustments = context.adjustments
        most = max(1, min(num_rows, job.micro_batch_size))
        found = adjustments.micro_batch_sizes.get(job.kind, most)
        if adjustments.found_in.get(job.kind, job.stage) != job.stage:
            # Of a stage before: what else filled the memory then may be gone.
            found *= 2
        self.size = min(most, found)

    def begin(self) -> None:
        """Keep the size for when the stage is resumed, if memory ever ran out."""
        if self._job.kind in self._context.adjustments.micro_batch_sizes:
            self._note()

    @property
    def could_evict(self) -> bool:
        """Whether examples lie on the device, and it is better that they leave."""
        source = self._job.feed.source
        resident = isinstance(source, Resident) and source.is_resident
        return resident and self.size <= _EXAMPLES_LEAVE_AT

    def evict(self, detail: str, step: int) -> None:
        """Make room by fetching examples from the host from now on."""
        source = self._job.feed.source
        if isinstance(source, Resident):
            source.leave()
        free_cached_memory(detail)
        text = _(
            "Memory ran out in {stage} at step {step}. Examples are no longer kept on "
            "the device but fetched for each step. Training continues from the same step."
        ).format(stage=self._job.stage, step=step + 1)
        self._context.report(Noticed(id="examples-leave-device", text=text))

    def halve(self, detail: str, step: int) -> None:
        """Use smaller pieces from now on, also when resumed.

        Raises:
            RunError: They are of one row already.
        """
        free_cached_memory(detail)
        if self.size == 1:
            short = detail.strip().splitlines()[0][:200]
            device = self._hardware.device_in_words
            raise RunError("out-of-memory", stage=self._job.stage, detail=short, device=device)
        self.size //= 2
        self._note()
        text = _(
            "Memory ran out in {stage} at step {step}. The batch of {batch_size} is now "
            "computed {size} examples at a time; the result is the same, a little "
            "slower. Training continues from the same step."
        ).format(
            stage=self._job.stage,
            step=step + 1,
            batch_size=self._job.feed.batch_size,
            size=self.size,
        )
        self._context.report(Noticed(id="out-of-memory-halved", text=text))

    def _note(self) -> None:
        adjustments = self._context.adjustments
        adjustments.note_size(self._job.kind, self._job.stage, self.size)
        self._context.write(adjustments.save, "the micro-batch size")
