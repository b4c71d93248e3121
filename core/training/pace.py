"""How fast it goes and how long it will take."""

import time
from collections import deque

# Reports that the speed is averaged over: long enough to be steady, short enough to notice
# that another program took the machine.
_WINDOW = 40
# Steps before a time left is worth saying: the first ones warm up caches and allocators.
_WARM_STEPS = 5


class Pace:
    """Speed and time left of a stage and of the run.

    Args:
        num_steps: Steps of the stage.
        batch_size: Examples per step, over all processes.
        later_steps_worth: Work of all later stages, in steps of this one; None if unknown.
    """

    def __init__(self, num_steps: int, batch_size: int, later_steps_worth: float | None) -> None:
        self._num_steps = num_steps
        self._batch_size = batch_size
        self._later = later_steps_worth
        self._marks: deque[tuple[float, int]] = deque(maxlen=_WINDOW)
        self._first_step: int | None = None

    def mark(self, step: int) -> None:
        """Note that `step` steps are done now."""
        if self._first_step is None:
            self._first_step = step
        self._marks.append((time.monotonic(), step))

    @property
    def step_s(self) -> float | None:
        """Seconds per step lately; None before two marks."""
        if len(self._marks) < 2:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (end - start) / (last - first) if last > first and end > start else None

    @property
    def images_per_s(self) -> float:
        """Training examples per second lately; 0 before it is known."""
        return self._batch_size / self.step_s if self.step_s else 0.0

    @property
    def stage_left_s(self) -> float | None:
        """Seconds until the stage ends; None until a few steps are done."""
        step = self._marks[-1][1] if self._marks else 0
        if self.step_s is None or self._first_step is None:
            return None
        if step - self._first_step < min(_WARM_STEPS, self._num_steps // 4):
            return None
        return (self._num_steps - step) * self.step_s

    @property
    def run_left_s(self) -> float | None:
        """Seconds until the run ends, by the arithmetic of the later stages; None if unknown."""
        stage_left = self.stage_left_s
        if stage_left is None or self._later is None or self.step_s is None:
            return None
        return stage_left + self._later * self.step_s
