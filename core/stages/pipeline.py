"""All stages of a run in order, each until it is done; what is done is not done again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.errors import RunError
from core.language import _
from core.readers.harm import harm_in_words
from core.recipe.arms import ARMS
from core.run.events import Noticed, RunStarted, StageDone, Working
from core.run.files import SUMMARY
from core.run.plan import RACE_STAGE, SEARCH, StagePlan
from core.run.raced import read_raced
from core.stages.finetune import finetune
from core.stages.frozen import answer_frozen
from core.stages.prepare import planned
from core.stages.pretraining import further_pretrain, warm_up_decoder
from core.stages.race.race import race
from core.stages.results import write_results
from core.stages.search import search
from core.stages.self_distill import self_distill
from core.stages.setup import RunSetup
from core.stages.sharing import forget_claims, share_stages
from core.stages.twins import take_over, twin_of
from core.stages.workers import Workers
from core.training.checkpoint import newest_step, remove_checkpoints
from core.training.failures import LossNotFinite, TornUpdate
from core.training.ranks import Ranks

_STAGES: dict[str, Callable[[RunSetup, StagePlan], dict[str, Any]]] = {
    RACE_STAGE: race,
    "decoder-warmup": warm_up_decoder,
    "further-pretrain": further_pretrain,
    "self-distill": self_distill,
    SEARCH: search,
    "finetune": finetune,
}
# How often a stage may go back to its checkpoint with half the learning rate.
_MOST_HALVINGS = 3


def run_stages(setup: RunSetup) -> dict[str, Any]:
    """Run every stage that is not done yet, then write the results; returns them.

    Raises:
        Interrupted: Paused or stopped on request.
        RunError: A stage can't go on; it says why and what to do.
    """
    setup = _after_race(setup)
    fine_tunings = _fine_tunings(setup)
    answer_frozen(setup)
    for stage in setup.stages:
        if stage not in fine_tunings:
            _complete(setup, stage)
            answer_frozen(setup)
    if len(setup.recipe.runtime.devices) > 1 and setup.hardware.world == 1:
        with Workers(setup):
            share_fine_tunings(setup)
        forget_claims(setup, fine_tunings)
    for stage in fine_tunings:
        _complete(setup, stage)
    setup.context.report(Working(stage="results", what=_("writing the results")))
    return write_results(setup)


def _after_race(setup: RunSetup) -> RunSetup:
    """Complete the race that is not decided, and plan the rest by its winner.

    Before, nothing is asked of the test examples.
    """
    if not setup.recipe.race.minutes or read_raced(setup.run.path) is not None:
        return setup
    (stage,) = setup.stages
    _complete(setup, stage)
    setup = planned(replace(setup, recipe=setup.run.recipe()), setup.pretrained_model())
    hardware = setup.hardware
    started = RunStarted(
        stages=[each.name for each in setup.stages],
        device=hardware.device_in_words,
        precision=hardware.precision,
        num_processes=hardware.world,
    )
    setup.context.report(started)
    return setup


def share_fine_tunings(setup: RunSetup) -> None:
    """Do the fine-tunings that no other process does, until all are done by someone.

    What is averaged of them is left to whoever waits for them all.

    Raises:
        Interrupted: Paused or stopped on request.
        RunError: One can't go on.
    """
    # What is averaged has no steps.
    tuned = [stage for stage in _fine_tunings(setup) if stage.num_steps]
    # Who is taught by the others waits until all of them are there.
    for is_taught in (False, True):
        stages = [stage for stage in tuned if ARMS[stage.arm].is_taught is is_taught]
        share_stages(setup, stages, lambda stage: _complete(setup, stage))


def _fine_tunings(setup: RunSetup) -> list[StagePlan]:
    return [stage for stage in setup.stages if stage.kind == "finetune"]


def _complete(setup: RunSetup, stage: StagePlan) -> None:
    folder = setup.run.stage(stage.name)
    ranks = Ranks(setup.hardware)
    # Agreed on: a file system may show one process sooner than another what is done.
    if not ranks.any([(folder / SUMMARY).exists()])[0]:
        setup.context.raise_if_requested()
        twin = twin_of(setup, stage)
        trains = ranks.any([twin is None])[0]
        if trains or twin is None:
            summary = _run_stage(setup, stage)
        else:
            summary = take_over(setup, stage, twin)
        # What a search found it says itself.
        harm = harm_in_words({stage.name: summary}) if stage.kind != SEARCH else ""
        if harm:
            setup.context.report(Noticed(id="start-kept", text=harm))
        if stage.kind == "finetune" and setup.recipe.finetune.order == "seeds":
            # Paired already: worth a look, and the answer if the run is stopped here.
            write_results(setup)
        setup.context.report(StageDone(stage=stage.name, summary=summary))
    if setup.context.is_main:
        remove_checkpoints(folder)
    # Everyone waits until rank 0 has written what the next stage reads.
    ranks.wait(setup.context)


def _run_stage(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    while True:
        try:
            return _STAGES[stage.kind](setup, stage)
        except LossNotFinite as error:
            _halve_learning_rate(setup, stage, error)
        except TornUpdate:
            text = _(
                "Memory ran out while the weights of {name} were being updated; it goes back "
                "to its last checkpoint and on from there with less memory."
            ).format(name=stage.name)
            setup.context.report(Noticed(id="update-torn", text=text))


def _halve_learning_rate(setup: RunSetup, stage: StagePlan, error: LossNotFinite) -> None:
    adjustments = setup.context.adjustments
    times = adjustments.not_finite.get(stage.name, 0) + 1
    sections = {"finetune": "finetune", SEARCH: "finetune", "self-distill": "distill"}
    section = sections.get(stage.kind, "pretrain")
    if times > _MOST_HALVINGS:
        lr = getattr(setup.recipe, section).lr * adjustments.lr_scale(stage.name)
        raise RunError(
            "loss-not-finite",
            stage=stage.name,
            value=error.value,
            step=error.step,
            times=times,
            lr=lr,
            section=section,
        ) from error
    adjustments.not_finite[stage.name] = times
    setup.context.write(adjustments.save, "the learning rate")
    back_to = newest_step(setup.run.stage(stage.name))
    text = _(
        "The loss of {name} became {value} at step {step}. It goes back to step "
        "{back_to} and on from there with half the learning rate ({times} of "
        "{most_halvings} times)."
    ).format(
        name=stage.name,
        value=error.value,
        step=error.step,
        back_to=back_to,
        times=times,
        most_halvings=_MOST_HALVINGS,
    )
    setup.context.report(Noticed(id="learning-rate-halved", text=text))
