"""A job's state on disk: what goes into a checkpoint and comes out of it."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.devices.kind import Reading
from core.errors import RunError
from core.language import _
from core.run.events import Noticed
from core.training.averaging import WeightAverage
from core.training.checkpoint import (
    CheckpointState,
    groups_digest,
    load_newest_checkpoint,
    named_state,
    restore_named_state,
    save_checkpoint,
)
from core.training.context import RunContext
from core.training.job import Job, ProbeResult

# Of torch's own choice.
_FIRST_SCALE = 65536.0


@dataclass(frozen=True)
class Probed:
    """What the probes of a stage found so far; None: nothing yet, or not known.

    Attributes:
        best: The best one.
        start: That of step 0.
        last: The last one.
        falls: How many in a row were below the start.
    """

    best: ProbeResult | None = None
    start: ProbeResult | None = None
    last: ProbeResult | None = None
    falls: int = 0


@dataclass(frozen=True)
class Counters:
    """Where the loop is.

    Attributes:
        step: Steps done.
        losses: What it last read.
        probes: What they found so far.
    """

    step: int
    losses: dict[str, float]
    probes: Probed


@dataclass(frozen=True)
class Snapshot:
    """What a checkpoint consists of, at one moment.

    Attributes:
        folder: Of the stage.
        tensors: Weights and moments; with a `reading` only their names count.
        state: The counters.
        reading: A copy of the tensors on its way to the host, in their order; None where they
            are read from where they are.
    """

    folder: Path
    tensors: dict[str, Tensor]
    state: CheckpointState
    reading: Reading | None = None

    def read_by(self, reading: Reading) -> "Snapshot":
        """The same, of a copy."""
        return replace(self, reading=reading)

    def write(self) -> None:
        """Write the checkpoint, from any thread; `OSError` as the file system says."""
        tensors = self.tensors
        if self.reading is not None:
            tensors = dict(zip(tensors, self.reading.wait(), strict=True))
        save_checkpoint(self.folder, tensors, self.state)


class StoredJob:
    """Saves and loads the weights, moments and counters of one job.

    Args:
        job: What is trained.
        optimizer: Its AdamW, moments allocated.
        scaler: The float16 gradient scaler, or None.
        average: Of the weights, or None.
    """

    def __init__(
        self,
        job: Job,
        optimizer: torch.optim.Optimizer,
        scaler: Any | None,
        average: WeightAverage | None = None,
    ) -> None:
        self._job = job
        self._optimizer = optimizer
        self._scaler = scaler
        self._average = average
        self._groups = groups_digest(job.parameters, optimizer)

    def snapshot(self, counters: Counters) -> Snapshot:
        """What a checkpoint has to hold now; its tensors are the job's own."""
        batch_size, probes = self._job.feed.batch_size, counters.probes
        state = CheckpointState(
            stage=self._job.stage,
            step=counters.step,
            seed=self._job.seed,
            batch_size=batch_size,
            images_seen=counters.step * batch_size,
            losses=counters.losses,
            best=asdict(probes.best) if probes.best else {},
            probes={name: value for name, value in asdict(probes).items() if name != "best"},
            scaler=self._scaler.state_dict() if self._scaler is not None else {},
            groups=self._groups,
        )
        tensors = named_state(self._job.parameters, self._optimizer)
        if self._average is not None:
            tensors |= self._average.state()
        return Snapshot(self._job.folder, tensors, state)

    def load(self, context: RunContext) -> Counters | None:
        """Restore the newest whole checkpoint; None when there is none.

        Damaged ones are reported and passed over.

        Raises:
            RunError: All checkpoints are damaged, or another version wrote them, which this one
                can't go on from.
        """

        def say_damaged(file: Path, reason: str) -> None:
            text = _(
                "The checkpoint {stem} of {stage} can't be used ({reason}); the one before "
                "it is taken."
            ).format(stem=file.stem, stage=self._job.stage, reason=reason)
            context.report(Noticed(id="checkpoint-damaged", text=text))

        loaded = load_newest_checkpoint(self._job.folder, self._job.stage, say_damaged)
        if loaded is None:
            self._reset_scaler()
            return None
        tensors, state = loaded
        if state.groups != self._groups:
            raise RunError(
                "checkpoint-other-groups",
                file=f"of step {state.step}",
                stage=state.stage,
                version=state.version,
                folder=self._job.folder,
            )
        restore_named_state(tensors, self._job.parameters, self._optimizer)
        if self._average is not None:
            self._average.restore(tensors)
        self._reset_scaler(state.scaler)
        return Counters(state.step, state.losses, _probed(state))

    def _reset_scaler(self, stored: dict[str, Any] | None = None) -> None:
        """Give the scaler the state that a checkpoint has of it, or a new one's.

        It outlives the stage: what it learned in the one before would be lost by a process that
        begins with this one, and the two would learn otherwise.
        """
        if self._scaler is not None and self._scaler.is_enabled():
            fresh = {"scale": _FIRST_SCALE, "_growth_tracker": 0}
            self._scaler.load_state_dict({**self._scaler.state_dict(), **(stored or fresh)})


def _probed(state: CheckpointState) -> Probed:
    start, last = (state.probes.get(name) for name in ("start", "last"))
    return Probed(
        best=ProbeResult(**state.best) if state.best else None,
        start=ProbeResult(**start) if start else None,
        last=ProbeResult(**last) if last else None,
        falls=int(state.probes.get("falls", 0)),
    )
