"""What a stage tells of its steps: losses, speed, the time left."""

import time

import torch

from core.run.events import StepDone
from core.training.context import RunContext
from core.training.job import Job, Timing
from core.training.losses import Heard
from core.training.memory import peak_memory_gib
from core.training.pace import Pace


class Reports:
    """Reports the steps of one job, not more often than asked.

    Args:
        job: What is trained.
        context: Told.
        timing: How often.
        device: Whose memory is told.
    """

    def __init__(self, job: Job, context: RunContext, timing: Timing, device: torch.device) -> None:
        self._job, self._context, self._timing, self._device = job, context, timing, device
        self._pace = Pace(job.num_steps, job.feed.batch_size, job.later_steps_worth)
        self._reported = time.monotonic()

    def begin(self, step: int) -> None:
        """So many steps are done already."""
        self._pace.mark(step)

    def step(self, heard: Heard) -> None:
        """A step whose losses were heard."""
        self._pace.mark(heard.step)
        now = time.monotonic()
        is_last = heard.step == self._job.num_steps
        if now - self._reported < self._timing.report_s and not is_last:
            return
        self._reported = now
        self._context.report(
            StepDone(
                stage=self._job.stage,
                step=heard.step,
                num_steps=self._job.num_steps,
                losses=heard.losses,
                lr=heard.lr,
                images_per_s=self._pace.images_per_s,
                stage_left_s=self._pace.stage_left_s,
                run_left_s=self._pace.run_left_s,
                memory_gib=peak_memory_gib(self._device),
            )
        )
