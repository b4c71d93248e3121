"""Checkpoints beside the training: a copy is taken at once, and written during the next steps."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from core.devices.kind import DeviceKind, Reading
from core.run.events import CheckpointSaved
from core.system.free_memory import free_bytes
from core.training.context import RunContext
from core.training.memory import is_out_of_memory
from core.training.stored import Counters, Snapshot, StoredJob

# Share of the host's free memory that a copy may take.
_COPY_SHARE = 0.5
_WHAT = "a checkpoint"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Write:
    """One that is under way; `again` is what it writes."""

    again: Snapshot
    done: Future[None]


@dataclass
class Saver:
    """Saves the checkpoints of one job, one at a time; used by one thread.

    Attributes:
        stored: The job's state.
        kind: Of the device that it lies on.
        context: Told of every checkpoint that is on the disk, and of what keeps one from it.
        stage: Name of the stage.
    """

    stored: StoredJob
    kind: DeviceKind
    context: RunContext
    stage: str
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
    )
    _write: _Write | None = None
    _has_copied: bool = False

    def save(self, counters: Counters, *, beside: bool) -> None:
        """Save the job as it is now, once the write before is through; for errors see `finish`.

        Args:
            counters: Where the job is.
            beside: Whether training goes on while it is written, if there is memory for a copy.
        """
        self.finish()
        if not self.context.is_main:
            return
        snapshot = self.stored.snapshot(counters)
        copied = self._copied(snapshot) if beside else None
        if copied is not None:
            self._write = _Write(copied, self._pool.submit(copied.write))
            return
        self.context.write(snapshot.write, _WHAT)
        self._report(snapshot)

    def look(self) -> None:
        """Finish a write that is through."""
        if self._write is not None and self._write.done.done():
            self.finish()

    def finish(self) -> None:
        """Wait for the write that is under way, if there is one.

        Raises:
            RunError: The folder can't be written.
            Interrupted: The user asked to pause or stop while the disk was full.
        """
        write, self._write = self._write, None
        if write is None:
            return
        try:
            write.done.result()
        except OSError:
            # Again, by this thread: training waits for room, and whoever watches is told.
            self.context.write(write.again.write, _WHAT)
        self._report(write.again)

    def close(self) -> None:
        """Finish, and give back the memory of copies."""
        try:
            self.finish()
        finally:
            self._pool.shutdown()
            if self._has_copied:
                self.kind.give_back_pinned()

    def _copied(self, snapshot: Snapshot) -> Snapshot | None:
        """A copy in the host's memory, on its way there; None where there is no room for it."""
        values = list(snapshot.tensors.values())
        needed = sum(value.nbytes for value in values)
        # Asked first: a system that gives away more memory than it has kills who then uses it.
        said = f"{needed} bytes are more than half of what is free"
        if needed <= _COPY_SHARE * free_bytes():
            try:
                reading: Reading = self.kind.copy_out(values)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                said = str(error)
            else:
                self._has_copied = True
                return snapshot.read_by(reading)
        _log.info("no memory to copy the state of %s (%s): training waits", self.stage, said)
        return None

    def _report(self, snapshot: Snapshot) -> None:
        self.context.report(CheckpointSaved(stage=self.stage, step=snapshot.state.step))
