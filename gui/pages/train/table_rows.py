"""Which row of the table shows what: the reported steps of all stages, with probes among them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.readers.history import History, StageHistory

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class RowPlace:
    """Rows of the history's tables; -1 for none."""

    stage: str
    step: int
    steps_row: int
    probes_row: int


class _StageRows:
    """One stage: every reported step, and probes after steps that were not reported."""

    def __init__(self, name: str, stage: StageHistory) -> None:
        self.name, self._stage = name, stage
        self.cuts = (id(stage), stage.steps.cuts, stage.probes.cuts)
        steps, probed = stage.steps.steps, stage.probes.steps
        before = np.searchsorted(steps, probed)
        is_reported = steps[np.minimum(before, len(steps) - 1)] == probed if len(steps) else False
        alone = np.flatnonzero(~np.broadcast_to(is_reported, probed.shape))
        # The rows of probes that stand alone, among all rows of the stage.
        self.alone: Whole = (before[alone] + np.arange(len(alone))).astype(np.int64)
        self._probes_alone = alone
        self.count = len(steps) + len(alone)

    def place(self, row: int) -> RowPlace | None:
        """What a row of this stage shows."""
        at = int(np.searchsorted(self.alone, row))
        if at < len(self.alone) and self.alone[at] == row:
            probe = int(self._probes_alone[at])
            if probe >= len(self._stage.probes):
                return None  # cut back since: the next refresh shows it
            return RowPlace(self.name, int(self._stage.probes.steps[probe]), -1, probe)
        index = row - at
        if index >= len(self._stage.steps):
            return None
        step = self._stage.steps.steps[index]
        probe = int(np.searchsorted(self._stage.probes.steps, step))
        probed = self._stage.probes.steps[probe : probe + 1]
        return RowPlace(
            self.name, int(step), index, probe if probed.size and probed[0] == step else -1
        )


class Rows:
    """All rows, as they were at one moment."""

    def __init__(self, history: History) -> None:
        self.stages = [_StageRows(name, stage) for name, stage in history.stages.items()]
        self._ends = np.cumsum([stage.count for stage in self.stages], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def place(self, row: int) -> RowPlace | None:
        """What a row shows."""
        at = int(np.searchsorted(self._ends, row, side="right"))
        if at >= len(self.stages):
            return None
        return self.stages[at].place(row - (int(self._ends[at - 1]) if at else 0))

    def continues(self, before: "Rows") -> bool:
        """Whether all rows from before are where they were, with more after them."""
        if len(self.stages) < len(before.stages) or len(self) < len(before):
            return False
        old_count = len(before.stages)
        for index, (old, new) in enumerate(zip(before.stages, self.stages, strict=False)):
            if old.name != new.name or old.cuts != new.cuts:
                return False
            if index < old_count - 1 and new.count != old.count:
                return False
            kept = new.alone[new.alone < old.count]
            if new.count < old.count or not np.array_equal(kept, old.alone):
                return False
        return True
