"""The looks at the representation of one stage: the best so far, and whether it does harm."""

from dataclasses import asdict
from typing import Any

from core.language import _
from core.run.events import Noticed, ProbeDone, Working
from core.training.context import RunContext
from core.training.job import Job, ProbeResult
from core.training.ranks import Ranks
from core.training.stored import Counters, Probed

# So many probes in a row have to be below the start before a stage gives up, since one may be a
# passing thing (Prechelt 1998, "Early stopping - but when?", criterion UP with two strips).
PATIENCE = 2


class Probes:
    """Probes one job, tells what was found, and keeps the best encoder.

    Args:
        job: What is trained.
        context: Told.
        ranks: The processes that train together; only the main one sees what a probe finds.
    """

    def __init__(self, job: Job, context: RunContext, ranks: Ranks) -> None:
        self._job, self._context, self._ranks = job, context, ranks
        self._found = Probed()

    @property
    def give_up(self) -> bool:
        """Whether the stage should end here, in all processes alike."""
        return self._job.stop_early and self._found.falls >= PATIENCE

    def counters(self, step: int, losses: dict[str, float]) -> Counters:
        """What a checkpoint has to hold."""
        return Counters(step, losses, self._found)

    def restore(self, counters: Counters) -> None:
        """Go on from a checkpoint."""
        self._found = counters.probes

    def look(self, step: int) -> None:
        """Probe after `step` steps; where nothing is probed, do nothing."""
        if self._job.probe is None:
            return
        found = self._found
        self._context.report(Working(stage=self._job.stage, what=_("probing the encoder")))
        result = self._job.probe(step, found.start)
        is_best = result.beats(found.best)
        if is_best and self._job.keep_best is not None:
            self._context.write(self._job.keep_best, "the best encoder")
        has_fallen = self._ranks.any([result.has_fallen])[0]
        self._found = Probed(
            best=result if is_best else found.best,
            start=result if step == 0 else found.start,
            last=result,
            falls=found.falls + 1 if has_fallen else 0,
        )
        self._tell(result, is_best=is_best)
        if step == 0:
            self._say_nothing_judges(result)
        if has_fallen and step < self._job.num_steps:
            self._say_fallen(result)
        self._ranks.wait()

    def summary(self, step: int) -> dict[str, Any]:
        """What the stage's summary says of its probes, after its last step."""
        if self._job.probe is None:
            return {"best_probe": None}
        return {
            "keep": self._job.keep,
            "planned_steps": self._job.num_steps,
            "stopped_early": step < self._job.num_steps,
            "ends_below_start": self._found.falls > 0,
            "start_probe": _without_answers(self._found.start),
            "best_probe": _without_answers(self._found.best),
            "last_probe": _without_answers(self._found.last),
        }

    def _tell(self, result: ProbeResult, *, is_best: bool) -> None:
        self._context.report(
            ProbeDone(
                stage=self._job.stage,
                step=result.step,
                knn=result.knn,
                linear=result.linear,
                is_best=is_best,
                distance_from_initial=result.distance,
                rank=result.rank,
                has_fallen=result.has_fallen,
            )
        )

    def _say_nothing_judges(self, start: ProbeResult) -> None:
        if start.linear is None and (self._job.stop_early or self._job.keep == "best"):
            text = _(
                "There are no labels of two classes to judge {stage} by: it is not ended "
                "early, and its last encoder is kept. The effective rank (RankMe) in its "
                "curve is a hint, and nothing is chosen by it."
            ).format(stage=self._job.stage)
            self._context.report(Noticed(id="nothing-judges", text=text))

    def _say_fallen(self, result: ProbeResult) -> None:
        """Once where it begins, once more where the stage ends for it."""
        job, start, falls = self._job, self._found.start, self._found.falls
        if start is None:
            return
        if falls == 1:
            now = _("no number at all") if result.linear is None else f"{result.linear:.1%}"
            text = _(
                "Training makes the representation worse: after {step:,} steps of {stage} "
                "the linear probe is at {now}, below its start of {linear:.1%} by more than "
                "noise. {what_follows}"
            ).format(
                step=result.step,
                stage=job.stage,
                now=now,
                linear=start.linear or 0,
                what_follows=self._what_follows(),
            )
            self._context.report(Noticed(id="representation-fell", text=text))
        elif falls == PATIENCE and self.give_up:
            text = _(
                "{stage} ends after {step:,} of {num_steps:,} steps: {patience} probes in a "
                "row were below its start. {what_is_kept}"
            ).format(
                stage=job.stage,
                step=result.step,
                num_steps=job.num_steps,
                patience=PATIENCE,
                what_is_kept=self._what_is_kept(),
            )
            self._context.report(Noticed(id="stopped-early", text=text))

    def _what_follows(self) -> str:
        if self._job.stop_early:
            return _("If the next probe says so too, the stage ends there.")
        return _("It goes on, since {section}.stop_early is off. {what_is_kept}").format(
            section=self._job.section, what_is_kept=self._what_is_kept()
        )

    def _what_is_kept(self) -> str:
        if self._job.keep != "best":
            return _("What comes next uses the last encoder, since {section}.keep is last.").format(
                section=self._job.section
            )
        step = self._found.best.step if self._found.best is not None else 0
        if step == 0:
            return _("The model it started from is kept: nothing was better so far.")
        return _("The best encoder so far, that of step {step:,}, is kept.").format(step=step)


def _without_answers(result: ProbeResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {key: value for key, value in asdict(result).items() if key != "answers"}
