"""The end of a race: its last ones are fine-tuned for a short while, all in the same way."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from core.language import _
from core.planning.race import FinalsPlan
from core.recipe.arms import BASE
from core.run.events import Event, Noticed, Progress
from core.run.files import FROZEN
from core.run.plan import SEARCH, StagePlan
from core.stages.race.clock import StepWatch
from core.stages.setup import RunSetup
from core.stages.trial import Trial, TrialOutcome
from core.stages.trials import Trials


@dataclass(frozen=True, eq=False)
class Final:
    """What the fine-tunings of an arm came to.

    Attributes:
        losses: (N,) log loss of each validation example, by `frozen` (of the base model, before
            any step) or the arm: of its best classifier.
        accuracies: Of the same.
        rates: By arm, the learning rate with the least loss.
        step_s: Seconds of a step; None where none was taken.
        num_validation: N.
        source: Where those are from, in words.
    """

    losses: dict[str, np.ndarray]
    accuracies: dict[str, float]
    rates: dict[str, float]
    step_s: float | None
    num_validation: int
    source: str

    def beside(self, other: "Final") -> "Final":
        """This and another arm's."""
        losses, accuracies = (
            {**self.losses, **other.losses},
            {**self.accuracies, **other.accuracies},
        )
        rates = {**self.rates, **other.rates}
        step_s = self.step_s if other.step_s is None else other.step_s
        return replace(self, losses=losses, accuracies=accuracies, rates=rates, step_s=step_s)


def judge_arm(
    setup: RunSetup,
    race: StagePlan,
    behind: list[StagePlan],
    arm: str,
    plan: FinalsPlan,
) -> Final:
    """Fine-tune an arm at every learning rate; the best counts.

    Args:
        setup: The run.
        race: Its stage.
        behind: The trials whose encoders arms start from.
        arm: Which.
        plan: Learning rates and steps.
    """
    stage = StagePlan(f"{race.name}/final-{arm}", SEARCH, plan.steps, float(plan.steps), arm=arm)
    setup.run.stage(stage.name).mkdir(parents=True, exist_ok=True)
    watch = StepWatch(partial(setup.hardware.kind.synchronize, setup.hardware.device))
    context = setup.context.told(partial(_hear, setup, race, arm))
    own = replace(setup, stages=[*behind, stage], context=context, is_trial=True)
    trials = Trials(own, stage, stepped=watch)
    start = Trial(0.0, 0)
    outcomes = {start: trials.outcome(start)}
    for lr in plan.rates:
        watch.begin()
        outcomes[Trial(lr, plan.steps)] = trials.outcome(Trial(lr, plan.steps))
    found: dict[str, Trial] = {}
    if arm == BASE:
        found[FROZEN] = start
        del outcomes[start]
    found[arm] = min(outcomes, key=lambda trial: outcomes[trial].loss)
    tuned = [trial for trial in outcomes if trial.steps]
    all_of = {start: trials.outcome(start), **outcomes}
    return Final(
        {name: _losses(trials, trial, all_of[trial]) for name, trial in found.items()},
        {name: all_of[trial].score for name, trial in found.items()},
        {arm: min(tuned, key=lambda trial: outcomes[trial].loss).lr},
        watch.step_s,
        trials.num_validation,
        trials.source,
    )


def _losses(trials: Trials, trial: Trial, outcome: TrialOutcome) -> np.ndarray:
    if not np.isfinite(outcome.loss):
        return np.full(trials.num_validation, np.inf)
    return trials.losses(trial)


def _hear(setup: RunSetup, race: StagePlan, arm: str, event: Event) -> None:
    """The search of an arm is progress of the race."""
    if isinstance(event, Progress):
        event = replace(
            event,
            stage=race.name,
            what=_("Fine-tuning {arm} to compare: {what}").format(arm=arm, what=event.what),
        )
    if isinstance(event, Progress | Noticed):
        setup.context.report(event)
