"""The one training loop: every stage goes through it.

It owns precision, micro-batches, the schedule, checkpoints, pausing, events, and what happens
when memory runs out or the loss is no longer a number. What a step computes is the stage's.
"""

import time
from functools import partial
from typing import Any

from torch import Tensor

from core.errors import RunError
from core.run.events import (
    Event,
    StageResumed,
    StageStarted,
)
from core.training.averaging import WeightAverage
from core.training.context import Interrupted, RunContext
from core.training.device import Hardware
from core.training.failures import TornUpdate, require_finite_weights
from core.training.feed import Batch, BatchPlace, Prefetch, on_device, share_of
from core.training.job import Job, Timing
from core.training.losses import Losses
from core.training.memory import is_out_of_memory
from core.training.optim import StepsTaken, build_adamw, set_lr
from core.training.pieces import Pieces
from core.training.probes import Probes
from core.training.ranks import Ranks
from core.training.reports import Reports
from core.training.saving import Saver
from core.training.schedule import lr_at
from core.training.seeds import derive_seed
from core.training.stored import StoredJob
from core.training.trial import Trial
from core.training.whole_batch import WholeBatch

# Losses are asked for once in so many steps, where the host runs ahead of the device; which is also
# how far it does, at most twice.
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
            moments=job.moments,
            rate_factors=job.rate_factors,
        )
        self._average: WeightAverage | None = None
        if job.averaging:
            self._average = WeightAverage(job.parameters, job.averaging, job.num_steps)
        # Its state is where it belongs; placing it again would make float32 of all moments.
        self._optimizer = accelerator.prepare_optimizer(self._adamw, device_placement=False)
        self._stored = StoredJob(job, self._adamw, accelerator.scaler, self._average)
        self._saver = Saver(self._stored, hardware.kind, context, job.stage)
        self._ranks.flatten_gradients(job.parameters.values(), job.gradient_sums)
        self._rows = share_of(hardware.rank, hardware.world, job.feed.batch_size)
        self._whole = WholeBatch(job, self._rows, hardware, self._ranks)
        self._prefetch = Prefetch(job.feed, self._rows, job.num_steps, hardware.kind)
        ahead = hardware.kind.runs_ahead and not timing.every_step
        self._check_every = _GPU_CHECK_EVERY if ahead else 1
        self._reports = Reports(job, context, timing, hardware.device)
        self._pieces = Pieces(job, self._rows.stop - self._rows.start, hardware, context)
        self._trial = Trial(job, context, partial(hardware.kind.synchronize, hardware.device))
        self._lr_scale = context.adjustments.lr_scale(job.stage)
        self._step = 0
        self._torn = False
        self._probes = Probes(job, context, self._ranks)
        self._losses = Losses(self._ranks, hardware.kind)
        self._saved = time.monotonic()

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
            num_rows = self._rows.stop - self._rows.start
            self._trial.begin(self._step, in_pieces=self._pieces.size < num_rows)
            # Counted from what was restored.
            self._taken = StepsTaken(self._adamw, self._hardware.accelerator.scaler)
            if self._step == 0:
                self._probes.look(0)  # what the others are better or worse than
                if self._job.preview is not None:
                    self._job.preview(0, wanted=False)
            self._reports.begin(self._step)
            while self._step < self._job.num_steps and not self._probes.give_up:
                if self._train_step():
                    self._step += 1
                    self._context.stepped(self._job.stage, self._step)
                    self._trial.after(self._step)
                    self._after_step()
            if self._average is not None:
                self._average.put_in()
        finally:
            self._prefetch.close()
            try:
                self._saver.close()
            finally:
                self._hardware.accelerator.free_memory()
        found = self._probes.summary(self._step)
        return {"steps": self._step, "losses": self._losses.last, **found}

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
            if self._trial.gives_way(error):
                return False
            if not is_out_of_memory(error):
                raise
            # The words only: the error holds on to all that its frames had allocated.
            ran_out = str(error) or type(error).__name__
        self._ranks.begin_other_sums()
        failed, torn, can_evict = self._ranks.any(
            [bool(ran_out), self._torn, self._pieces.could_evict]
        )
        # Also of a step that failed: the sums are to be over before the next one begins.
        self._ranks.sum_gradients()
        if torn:
            raise TornUpdate
        if failed:
            self._make_room(ran_out or "on another process", evict=can_evict)
            return False
        self._update()
        self._losses.add(sums)
        return True

    def _forward_backward(self) -> dict[str, Tensor]:
        """Gradients of this process's rows; their share of the mean losses of the step."""
        batch = self._whole.batch(self._fetched, self._pieces.size)
        total_rows = self._job.feed.batch_size
        sums: dict[str, Tensor] = {}
        num_rows, size = self._rows.stop - self._rows.start, self._pieces.size
        for start in range(0, num_rows, size):
            end = min(start + size, num_rows)
            piece = {key: value[start:end] for key, value in batch.items()}
            place = BatchPlace(self._step, self._rows.start + start, total_rows)
            losses = self._objective(piece, place)
            if end == num_rows:
                self._ranks.begin_sums()
            share = (end - start) / total_rows
            self._hardware.accelerator.backward(losses["loss"] * share)
            for name, value in losses.items():
                part = value.detach().float() * share
                sums[name] = sums[name] + part if name in sums else part
        return sums

    def _fetched(self) -> Batch:
        return on_device(self._prefetch.get(self._step), self._hardware.device)

    def _update(self) -> None:
        job = self._job
        rate = lr_at(self._step, num_steps=job.num_steps, warmup_steps=job.warmup_steps, lr=job.lr)
        lr = rate * self._lr_scale
        factor = job.step_rule.rate_factor(self._step) if job.step_rule else 1.0
        seed = derive_seed(job.seed, job.stage, "moments", self._step)
        set_lr(self._adamw, lr, factor, seed=seed)
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
            self._make_room(str(error), evict=self._pieces.could_evict)
            if self._ranks.world == 1:
                raise TornUpdate from error
            # All go back to the checkpoint together, at their next agreement.
            self._torn = True

    # --- between steps ----------------------------------------------------------------------

    def _after_step(self) -> None:
        job = self._job
        is_last = self._step == job.num_steps
        probe_due = job.probe is not None and (
            is_last or (job.probe_every > 0 and self._step % job.probe_every == 0)
        )
        if job.preview is not None:
            job.preview(self._step, wanted=is_last or probe_due)
        self._hear(wait=False)
        if not (is_last or probe_due or self._step % self._check_every == 0):
            return
        self._saver.look()
        if self._ranks.any([self._torn])[0]:
            raise TornUpdate
        self._hear(wait=True)
        self._losses.ask(self._step, float(self._adamw.param_groups[0]["lr"]))
        self._hear(wait=is_last or probe_due)
        if probe_due:
            self._probes.look(self._step)
            is_last = is_last or self._probes.give_up
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
            # What is saved is known to be sound.
            self._hear(wait=True)
            # Also after the last step: evaluating and writing the result may take long, and a
            # kill must not cost the training before it.
            self._save(beside=not (is_last or pause or stop))
        if pause or stop:
            raise Interrupted("stop" if stop else "pause")

    def _hear(self, *, wait: bool) -> None:
        """Report the losses that were asked for, as soon as they are there."""
        heard = self._losses.hear(wait=wait)
        if heard is not None:
            self._reports.step(heard)

    # --- checkpoints ------------------------------------------------------------------------

    def _save(self, *, beside: bool) -> None:
        require_finite_weights(self._job.parameters.values(), self._step)
        counters = self._probes.counters(self._step, self._losses.last)
        self._saver.save(counters, beside=beside)
        self._saved = time.monotonic()

    def _resume_or_start(self) -> None:
        job = self._job
        counters = self._stored.load(self._context)
        if counters is not None:
            self._step, self._losses.last = counters.step, counters.losses
            self._probes.restore(counters)
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
        if not evict:
            self._trial.in_pieces()
