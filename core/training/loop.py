"""The one training loop: every stage goes through it.

It owns precision, micro-batches, the schedule, checkpoints, pausing, events, and what happens
when memory runs out or the loss is no longer a number. What a step computes is the stage's.
"""

import dataclasses
import math
import time
from typing import Any

import torch
from torch import Tensor

from core.errors import RunError
from core.run.events import (
    CheckpointSaved,
    Event,
    ProbeDone,
    StageResumed,
    StageStarted,
    StepDone,
)
from core.training.averaging import WeightAverage
from core.training.context import Interrupted, RunContext
from core.training.device import Hardware
from core.training.failures import LossNotFinite, TornUpdate, require_finite_weights
from core.training.feed import Batch, BatchPlace, Prefetch, share_of
from core.training.job import Job, ProbeResult, Timing
from core.training.memory import is_out_of_memory, peak_memory_gib
from core.training.optim import StepsTaken, build_adamw, set_lr
from core.training.pace import Pace
from core.training.pieces import Pieces
from core.training.ranks import Ranks
from core.training.schedule import lr_at
from core.training.stored import Counters, StoredJob

# Reading a loss from a GPU waits for it; once in so many steps costs nothing measurable.
_GPU_CHECK_EVERY = 8


class TrainingLoop:
    """Trains one job to its end, or until asked to pause or stop."""

    def __init__(self, job: Job, hardware: Hardware, context: RunContext, timing: Timing) -> None:
        self._job = job
        self._hardware = hardware
        self._context = context
        self._timing = timing
        self._ranks = Ranks(hardware)
        hardware.kind.forget_peak(hardware.device)
        accelerator = hardware.accelerator
        # evaluation_mode: autocast and placement, but no DDP (see Ranks).
        self._objective = accelerator.prepare_model(job.objective, evaluation_mode=True)
        self._adamw = build_adamw(
            job.parameters.items(),
            weight_decay=job.weight_decay,
            betas=job.betas,
            decays=job.decays,
            governed=job.step_rule.governed if job.step_rule else frozenset(),
            rate_factors=job.rate_factors,
        )
        self._average: WeightAverage | None = None
        if job.averaging:
            self._average = WeightAverage(job.parameters, job.averaging, job.num_steps)
        self._optimizer = accelerator.prepare_optimizer(self._adamw)
        self._stored = StoredJob(job, self._adamw, accelerator.scaler, self._average)
        self._ranks.flatten_gradients(job.parameters.values())
        self._rows = share_of(hardware.rank, hardware.world, job.feed.batch_size)
        self._prefetch = Prefetch(job.feed, self._rows, job.num_steps, hardware.kind)
        ahead = hardware.kind.runs_ahead and not timing.every_step
        self._check_every = _GPU_CHECK_EVERY if ahead else 1
        self._pace = Pace(job.num_steps, job.feed.batch_size, job.later_steps_worth)
        self._pieces = Pieces(job, self._rows.stop - self._rows.start, hardware, context)
        self._lr_scale = context.adjustments.lr_scale(job.stage)
        self._step = 0
        self._torn = False
        self._best: ProbeResult | None = None
        self._sums: dict[str, Tensor] = {}
        self._num_summed = 0
        self._last_losses: dict[str, float] = {}
        self._reported = self._saved = time.monotonic()

    def run(self) -> dict[str, Any]:
        """Train; returns a summary of the stage.

        Raises:
            Interrupted: Paused or stopped on request, after a checkpoint.
            LossNotFinite: The stage has to go back to its checkpoint.
            TornUpdate: Likewise, after running out of memory in an update.
            RunError: Memory ran out with one row at a time; checkpoints are all damaged; ….
        """
        try:
            self._resume_or_start()
            self._pieces.begin()
            # Counted from what was restored.
            self._taken = StepsTaken(self._adamw, self._hardware.accelerator.scaler)
            self._pace.mark(self._step)
            while self._step < self._job.num_steps:
                if self._train_step():
                    self._step += 1
                    self._context.stepped(self._job.stage, self._step)
                    self._after_step()
            if self._average is not None:
                self._average.put_in()
        finally:
            self._prefetch.close()
            self._hardware.accelerator.free_memory()
        best = dataclasses.asdict(self._best) if self._best else None
        return {"steps": self._step, "losses": self._last_losses, "best_probe": best}

    # --- one step ---------------------------------------------------------------------------

    def _train_step(self) -> bool:
        """One optimizer step; False when memory ran out and the same step is to be done again."""
        self._objective.train()
        sums: dict[str, Tensor] = {}
        ran_out = ""
        try:
            self._ranks.zero_gradients(self._optimizer)
            sums = self._forward_backward()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            # The words only: the error holds on to all that its frames had allocated.
            ran_out = str(error) or type(error).__name__
        failed, torn, can_evict = self._ranks.any(
            [bool(ran_out), self._torn, self._pieces.could_evict]
        )
        if torn:
            raise TornUpdate
        if failed:
            self._make_room(ran_out or "on another process", evict=can_evict)
            return False
        self._ranks.sum_gradients()
        self._update()
        for name, value in sums.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._num_summed += 1
        return True

    def _forward_backward(self) -> dict[str, Tensor]:
        """Gradients of this process's rows; their share of the mean losses of the step."""
        batch = self._on_device(self._prefetch.get(self._step))
        total_rows = self._job.feed.batch_size
        sums: dict[str, Tensor] = {}
        num_rows, size = self._rows.stop - self._rows.start, self._pieces.size
        for start in range(0, num_rows, size):
            end = min(start + size, num_rows)
            piece = {key: value[start:end] for key, value in batch.items()}
            place = BatchPlace(self._step, self._rows.start + start, total_rows)
            losses = self._objective(piece, place)
            share = (end - start) / total_rows
            self._hardware.accelerator.backward(losses["loss"] * share)
            for name, value in losses.items():
                part = value.detach().float() * share
                sums[name] = sums[name] + part if name in sums else part
        return sums

    def _update(self) -> None:
        job = self._job
        rate = lr_at(self._step, num_steps=job.num_steps, warmup_steps=job.warmup_steps, lr=job.lr)
        lr = rate * self._lr_scale
        set_lr(self._adamw, lr, job.step_rule.rate_factor(self._step) if job.step_rule else 1.0)
        try:
            if job.clip_norm:
                self._hardware.accelerator.clip_grad_norm_(job.parameters.values(), job.clip_norm)
            self._optimizer.step()
            if self._average is not None:
                self._average.follow(self._step + 1)
            if job.step_rule is not None and self._taken.took_one():
                job.step_rule.after(self._step, lr)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._make_room(str(error))
            if self._ranks.world == 1:
                raise TornUpdate from error
            # All go back to the checkpoint together, at their next agreement.
            self._torn = True

    def _on_device(self, batch: Batch) -> Batch:
        device, ahead = self._hardware.device, self._hardware.kind.copies_ahead
        return {key: value.to(device, non_blocking=ahead) for key, value in batch.items()}

    # --- between steps ----------------------------------------------------------------------

    def _after_step(self) -> None:
        job = self._job
        is_last = self._step == job.num_steps
        probe_due = job.probe is not None and (
            is_last or (job.probe_every > 0 and self._step % job.probe_every == 0)
        )
        if job.preview is not None:
            job.preview(self._step, wanted=is_last or probe_due)
        if not (is_last or probe_due or self._step % self._check_every == 0):
            return
        if self._ranks.any([self._torn])[0]:
            raise TornUpdate
        self._read_losses()
        self._pace.mark(self._step)
        self._report_step(is_last)
        if probe_due:
            self._probe()
        now = time.monotonic()
        save_due = now - self._saved >= self._timing.checkpoint_s
        pause, stop, save = self._ranks.any(
            [
                self._context.requested == "pause",
                self._context.requested == "stop",
                save_due and self._context.is_main,
            ]
        )
        if is_last or pause or stop or save:
            # Also after the last step: evaluating and writing the result may take long, and a
            # kill must not cost the training before it.
            self._save()
        if pause or stop:
            raise Interrupted("stop" if stop else "pause")

    def _read_losses(self) -> None:
        """Mean losses since the last look; a value that is no number ends this attempt."""
        if not self._num_summed:
            return
        names = sorted(self._sums)
        stacked = self._ranks.sum(torch.stack([self._sums[name] for name in names]))
        values = self._hardware.kind.read(stacked / self._num_summed).wait().tolist()
        self._last_losses = dict(zip(names, values, strict=True))
        self._sums, self._num_summed = {}, 0
        if not all(map(math.isfinite, values)):
            raise LossNotFinite(self._step, self._last_losses["loss"])

    def _report_step(self, is_last: bool) -> None:
        now = time.monotonic()
        if now - self._reported < self._timing.report_s and not is_last:
            return
        self._reported = now
        self._context.report(
            StepDone(
                stage=self._job.stage,
                step=self._step,
                num_steps=self._job.num_steps,
                losses=self._last_losses,
                lr=float(self._adamw.param_groups[0]["lr"]),
                images_per_s=self._pace.images_per_s,
                stage_left_s=self._pace.stage_left_s,
                run_left_s=self._pace.run_left_s,
                memory_gib=peak_memory_gib(self._hardware.device),
            )
        )

    def _probe(self) -> None:
        assert self._job.probe is not None
        result = self._job.probe(self._step)
        is_best = result.beats(self._best)
        if is_best:
            self._best = result
            if self._job.keep_best is not None:
                self._context.write(self._job.keep_best, "the best encoder")
        self._context.report(
            ProbeDone(
                stage=self._job.stage,
                step=result.step,
                knn=result.knn,
                linear=result.linear,
                is_best=is_best,
                distance_from_initial=result.distance,
            )
        )
        self._ranks.wait()

    # --- checkpoints ------------------------------------------------------------------------

    def _save(self) -> None:
        require_finite_weights(self._job.parameters.values(), self._step)
        counters = Counters(self._step, self._last_losses, self._best)
        self._context.write(lambda: self._stored.save(counters), "a checkpoint")
        self._saved = time.monotonic()
        self._context.report(CheckpointSaved(stage=self._job.stage, step=self._step))

    def _resume_or_start(self) -> None:
        job = self._job
        counters = self._stored.load(self._context)
        if counters is not None:
            self._step, self._best = counters.step, counters.best
            self._last_losses = counters.losses
        if not self._ranks.same(self._step):
            what = f"one starts {job.stage} from step {self._step}, another does not"
            raise RunError("processes-differ", path=job.folder, what=what)
        begun: Event = StageStarted(stage=job.stage, num_steps=job.num_steps)
        if counters is not None:
            begun = StageResumed(stage=job.stage, step=self._step, num_steps=job.num_steps)
        self._context.report(begun)

    # --- memory -----------------------------------------------------------------------------

    def _make_room(self, detail: str, *, evict: bool = False) -> None:
        """After memory ran out: forget what was fetched ahead, and use less from now on."""
        self._prefetch.forget()
        self._adamw.zero_grad(set_to_none=self._ranks.world == 1)
        use_less = self._pieces.evict if evict else self._pieces.halve
        use_less(detail, self._step)
