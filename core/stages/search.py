"""The learning rate and the steps of an arm, by successive halving on validation examples.

Jamieson and Talwalkar 2016: all rates get few steps, the better half of them twice as many, until
two are left. The recipe's own rate is among them while it is not clearly worse, and is taken where
no other is clearly better. Each training is a whole one, with its own warm-up and decay, so that
what is compared is what would be used. The validation part is the run's; without one a fifth of the
training examples is held out here and trained on afterwards. Test examples are never looked at.
"""

import json
import math
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from core.language import _
from core.recipe import Recipe
from core.recipe.interpolating import shares_of
from core.recipe.rates import usual_rate
from core.run.events import Noticed
from core.run.files import SUMMARY
from core.run.plan import SEARCH, StagePlan, can_learn_from_pairs, search_rungs
from core.stages.held_out import keep_held_out
from core.stages.setup import RunSetup
from core.stages.trial import Trial, TrialOutcome, trial_values, with_trial
from core.stages.trials import Trials
from core.system.atomic import write_json


@dataclass(frozen=True)
class Found(Trial):
    """What an arm is fine-tuned with; `share` as of `TrialOutcome`, 0: it is not."""

    share: float = 1.0


def search(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Find an arm's learning rate and steps; goes on from the trials that are done.

    Returns:
        The summary: `lr`, `steps` and `share` as chosen, the same in `words`, all `trials`, and
        under `start` what the classifier answers before any step.
    """
    trials = Trials(setup, stage)
    start = trials.outcome(Trial(0.0, 0))
    usual = usual_rate(setup.recipe, setup.pretrained_model().family)
    chosen = _halved(setup.recipe, trials, usual)
    if setup.tries_pairs and can_learn_from_pairs(stage.arm):
        chosen = _or_pairs(setup.recipe, trials, chosen)
    tried = {trial: found for trial, found in trials.outcomes.items() if trial.steps}
    interpolates = setup.recipe.finetune.interpolate
    least = min(found.least if interpolates else found.loss for found in tried.values())
    gains = least < start.loss
    if not gains:
        chosen = _where_nothing_gains(setup.recipe, start, chosen.steps)
    # Of none of the way, what the classifier says before any step.
    keep_held_out(setup, stage, trials, chosen if chosen.share else Trial(0.0, 0))
    summary: dict[str, Any] = {
        "arm": stage.arm,
        **asdict(chosen),
        "start": trial_values(Trial(0.0, 0), start),
        "trials": [trial_values(trial, found) for trial, found in tried.items()],
        "num_validation": trials.num_validation,
        "validation": trials.source,
    }
    if chosen.share and not chosen.on_pairs:
        summary["way"] = _way(trials, chosen, start)
    summary["usual"] = usual
    summary["words"] = _in_words(setup.recipe, stage.arm, chosen, summary, gains=gains)
    setup.context.report(Noticed(id="rate-chosen", text=summary["words"]))
    folder = setup.run.stage(stage.name)
    setup.context.write(partial(write_json, folder / SUMMARY, summary), "the search")
    return summary


def _way(trials: Trials, chosen: Found, start: TrialOutcome) -> list[dict[str, float]]:
    """Shares of the way of what was chosen, and the losses there, as far as it was tried."""
    nearest = trials.nearest_to(chosen)
    way = trials.outcomes[nearest].way if nearest is not None else ()
    found = [(0.0, start.loss), *way] if way else []
    return [{"share": share, "loss": loss} for share, loss in found if math.isfinite(loss)]


def way_of_search(setup: RunSetup, arm: str) -> tuple[dict[float, float], int]:
    """Losses by share of the way, as an arm's search found them; how many examples judged.

    Empty where there was no search, or it did not look.
    """
    for stage in setup.stages:
        if (stage.kind, stage.arm) == (SEARCH, arm):
            summary = setup.summary_of(stage)
            losses = {each["share"]: each["loss"] for each in summary.get("way", ())}
            return losses, int(summary.get("num_validation", 0))
    return {}, 0


def found_by_search(setup: RunSetup, arm: str) -> Found | None:
    """What the search of an arm chose; None where there is none in the run."""
    for stage in setup.stages:
        if (stage.kind, stage.arm) == (SEARCH, arm):
            text = (setup.run.stage(stage.name) / SUMMARY).read_text(encoding="utf-8")
            found = json.loads(text)
            lr, steps, share = float(found["lr"]), int(found["steps"]), float(found["share"])
            return Found(lr, steps, bool(found.get("on_pairs")), share)
    return None


def _or_pairs(recipe: Recipe, trials: Trials, chosen: Found) -> Found:
    """Pairs, if they are better than every trial of the rate that was chosen, and than no step."""
    plain = {each: found for each, found in trials.outcomes.items() if not each.on_pairs}
    least = min(found.loss for each, found in plain.items() if each.lr in (0.0, chosen.lr))
    trial = Trial(recipe.finetune.pairs_lr, recipe.finetune.steps, on_pairs=True)
    if trials.outcome(trial).loss < least:
        return Found(trial.lr, trial.steps, on_pairs=True)
    return chosen


def _halved(recipe: Recipe, trials: Trials, usual: float) -> Found:
    """The trial to be used.

    The usual rate and all steps stand unless the examples speak against them by more than chance,
    in the loss and in what is right (the rule of one standard error, Breiman et al. 1984): ten of
    them, which is what a search has of five labels per class, would choose by luck, and for each
    arm by another one.
    """
    rates = sorted(recipe.finetune.search_rates)
    lengths: list[int] = []
    for steps, number in search_rungs(recipe):
        if lengths:
            rates = _going_on(trials, rates, lengths[-1], number, usual)
        for lr in rates:
            trials.outcome(Trial(lr, steps))
        lengths.append(steps)
    last = lengths[-1]
    best = _best(trials, [Trial(lr, last) for lr in rates])
    if usual in rates and not trials.is_clearly_better(best, Trial(usual, last)):
        best = Trial(usual, last)
    # A rate may be best with few steps, and be out because of more.
    shorter = [each for each in trials.outcomes if 0 < each.steps < last and not each.on_pairs]
    if shorter and trials.is_clearly_better(early := _best(trials, shorter), best):
        return Found(early.lr, early.steps, share=trials.outcome(early).share)
    return Found(best.lr, recipe.finetune.steps, share=trials.outcome(best).share)


def _going_on(
    trials: Trials, rates: list[float], steps: int, number: int, usual: float
) -> list[float]:
    """The rates with the least losses, ascending; the usual one while it is not clearly worse."""
    tried = sorted((Trial(lr, steps) for lr in rates), key=lambda trial: trials.outcome(trial).loss)
    left = [trial.lr for trial in tried[:number]]
    is_out = usual in rates and usual not in left
    if is_out and not trials.is_clearly_better(tried[0], Trial(usual, steps)):
        left[-1] = usual
    return sorted(left)


def _best(trials: Trials, tried: list[Trial]) -> Trial:
    """Of equals the first."""
    return min(tried, key=lambda trial: trials.outcome(trial).loss)


def _where_nothing_gains(recipe: Recipe, start: TrialOutcome, steps: int) -> Found:
    """What is used where no trial was better than the classifier before any step.

    With `interpolate` and a fitted head that is this classifier itself, none of the way (WiSE-FT's
    own range ends there): an arm is the best that its search found, and a base model that is
    fine-tuned to less than its own frozen row would make gains of others that are none. It stays an
    arm's row beside the frozen one, since the search decided it, and both say so. Elsewhere, and
    where the first classifier can't be judged, it is the gentlest of what was tried.
    """
    asked = recipe.finetune
    stays = asked.interpolate and asked.head != "random" and math.isfinite(start.loss)
    share = 0.0 if stays else shares_of(recipe)[0]
    return Found(min(asked.search_rates), steps, share=share)


def _in_words(
    recipe: Recipe, arm: str, chosen: Found, summary: dict[str, Any], *, gains: bool
) -> str:
    tried = _("{trials} trials on {num_validation:,} examples, {validation}").format(
        trials=len(summary["trials"]),
        num_validation=summary["num_validation"],
        validation=summary["validation"],
    )
    if not chosen.share:
        return _(
            "{arm} is not fine-tuned: of {tried}, none was better there than the "
            "classifier before any step, so that one is taken, a linear layer fitted on "
            "the frozen encoder."
        ).format(arm=arm, tried=tried)
    if chosen.on_pairs:
        return _(
            "{arm} is fine-tuned on pairs of labeled examples ({steps:,} steps, learning "
            "rate {lr:g}), and a linear layer is fitted on what comes of it: {tried}. "
            "With finetune.pairs=false no pairs are tried."
        ).format(arm=arm, steps=chosen.steps, lr=chosen.lr, tried=tried)
    way = (
        _(", and goes {share:.0f} % of the way").format(share=100 * chosen.share)
        if chosen.share < 1
        else ""
    )
    warmup = with_trial(recipe, chosen).finetune.warmup_steps
    rate = _("learning rate {lr:g}").format(lr=chosen.lr)
    if chosen.lr == summary["usual"]:
        rate += " " + _(
            "(the usual one for such a model: no other was better by more than chance; "
            "finetune.search_rates has what is tried, finetune.search=false takes "
            "finetune.lr)"
        )
    said = _(
        "{arm} is fine-tuned with {rate} and {steps:,} steps ({warmup:,} of them "
        "warm-up){way}: {tried}."
    ).format(arm=arm, rate=rate, steps=chosen.steps, warmup=warmup, way=way, tried=tried)
    if gains:
        return said
    return _(
        "{said} None of them was better there than the classifier before any step, "
        "so this is the gentlest of what was tried."
    ).format(said=said)
