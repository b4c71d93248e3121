"""The job that all stages of pre-training have in common."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from core.language import _
from core.models.attention import attend_plainly_on_cpu, attend_without_asking
from core.models.for_objectives import Views
from core.models.masked_model import MaskedModel
from core.models.trained_part import train_part
from core.recipe import DistillRecipe, PretrainRecipe
from core.recipe.trained import trained_part
from core.run.events import Noticed, Outcome
from core.run.files import BEST_ENCODER, ENCODER
from core.run.plan import StagePlan
from core.stages.begun import train_as_begun
from core.stages.objectives.objective import Objective
from core.stages.previews import Previews
from core.stages.probing import num_looks, probe_encoder
from core.stages.setup import RunSetup
from core.stages.weights import (
    distance_from,
    finish_stage,
    save_encoder,
)
from core.training.compiling import compile_forward, is_packaged
from core.training.context import Interrupted
from core.training.feed import Batch, Feed
from core.training.job import Job
from core.training.loop import TrainingLoop
from core.training.optim import decays_in_pretraining, trainable
from core.training.seeds import derive_seed

Targets = Callable[[np.ndarray, np.ndarray], np.ndarray]


def model_to_train(setup: RunSetup, stage: StagePlan) -> MaskedModel:
    """The initial model, with all frozen that the recipe doesn't train (`pretrain.train`)."""
    model = setup.initial_model()
    seed = derive_seed(*seed_place(setup, stage), "adapters")
    train_part(model, trained_part(setup.recipe.pretrain.train), seed)
    return model


def masked_job(
    setup: RunSetup,
    stage: StagePlan,
    model: MaskedModel,
    objective: Objective,
    section: PretrainRecipe | DistillRecipe,
    *,
    targets: Targets | None = None,
    probed: bool = True,
) -> Job:
    """The job of a stage of pre-training.

    Args:
        setup: The run.
        stage: Which stage.
        model: What is trained; its parameters that want a gradient.
        objective: What a step minimises.
        section: Hyper-parameters.
        targets: Teacher targets, when they are reread.
        probed: Whether the representation is looked at on the way.
    """
    runtime, folder = setup.recipe.runtime, setup.run.stage(stage.name)
    probed = probed and not setup.is_trial
    every = setup.recipe.probe.every
    looks = num_looks(stage.num_steps, every)
    model.mask_ratio = section.mask_ratio
    train_as_begun(folder, model)
    own = objective.own_parameters()
    return Job(
        stage=stage.name,
        kind=stage.kind,
        section="distill" if isinstance(section, DistillRecipe) else "pretrain",
        folder=folder,
        seed=setup.recipe.seed,
        objective=objective,
        parameters={**trainable(model), **own},
        whole_batch=objective.whole_batch,
        rate_factors=dict.fromkeys(own, objective.own_rate),
        feed=_feed(setup, stage, objective, section, targets),
        num_steps=stage.num_steps,
        micro_batch_size=runtime.micro_batch_size or section.batch_size,
        lr=section.lr,
        warmup_steps=min(section.warmup_steps, max(0, stage.num_steps - 1)),
        weight_decay=section.weight_decay,
        decays=decays_in_pretraining,
        betas=(section.beta1, section.beta2),
        clip_norm=section.clip_norm,
        probe_every=every,
        probe=partial(probe_encoder, setup, stage.name, model, looks) if probed else None,
        stop_early=section.stop_early,
        keep=section.keep,
        keep_best=partial(save_encoder, model, folder / BEST_ENCODER) if probed else None,
        preview=(
            Previews(setup, stage.name, objective)
            if objective.is_shown and not setup.is_trial
            else None
        ),
        moments=runtime.moments,
        gradient_sums=runtime.gradient_sums,
        compilable=setup.compilable(objective, stage.name),
        graphs=setup.recipe.modality.has_equal_lengths,
        later_steps_worth=setup.later_steps_worth(stage),
    )


def _feed(
    setup: RunSetup,
    stage: StagePlan,
    objective: Objective,
    section: PretrainRecipe | DistillRecipe,
    targets: Targets | None,
) -> Feed:
    place, model = seed_place(setup, stage), objective.trained
    plans = objective.uses_masks and setup.hardware.kind.runs_ahead
    return Feed(
        source=setup.source,
        examples=setup.unlabeled,
        order=setup.order(setup.unlabeled, section.batch_size, *place),
        batch_size=section.batch_size,
        place=place,
        mask_noise=model.mask_noise if objective.uses_masks else None,
        plan_masks=model.plan_masks if plans else None,
        views=_views(setup, objective),
        knows_places=objective.knows_places,
        flips=section.flips,
        crop_scale=section.crop_scale if section.random_resized_crops else None,
        targets=targets,
    )


def _views(setup: RunSetup, objective: Objective) -> Callable[[int, torch.Generator], Batch] | None:
    if not objective.num_views:
        return None
    asked = Views(
        number=objective.num_views,
        flips=objective.view_flips,
        settings=setup.recipe.objectives,
    )
    return partial(objective.trained.draw_views, asked=asked)


def seed_place(setup: RunSetup, stage: StagePlan) -> tuple[int | str, ...]:
    """What the random numbers of a stage are drawn from, its order of examples among them."""
    if stage.repeat:
        return (setup.recipe.seed, stage.kind, stage.variant, stage.round, "repeat", stage.repeat)
    if stage.variant:
        # Not by its number, which depends on what else is compared.
        return (setup.recipe.seed, stage.kind, stage.variant, stage.round)
    return (setup.recipe.seed, stage.name)


def train_masked(setup: RunSetup, job: Job, model: MaskedModel) -> dict[str, Any]:
    """Train a masked job and write its encoder and decoder; returns the stage's summary.

    Raises:
        Interrupted: Paused or stopped. A stopped stage leaves its encoder behind, usable but
            not marked as done.
    """
    if setup.recipe.runtime.compile == "on":
        _compile(setup, job)
    try:
        summary = train(setup, job)
    except Interrupted as interrupted:
        if interrupted.outcome is Outcome.STOPPED:
            keep = partial(save_encoder, model, job.folder / ENCODER)
            setup.context.write(keep, "the encoder")
        raise
    initial = setup.run.model / ENCODER
    summary["distance_from_initial"] = distance_from(model, initial)
    finish = partial(finish_stage, job.folder, model, summary)
    setup.context.write(finish, "the encoder")
    return summary


def _compile(setup: RunSetup, job: Job) -> None:
    if is_packaged():
        words = _("The packaged program has no compiler: it trains without compiled steps.")
        setup.context.report(Noticed(id="not-compiled", text=words))
        return
    compile_forward(job.objective)
    words = _("The first step is compiled now, which takes minutes.")
    setup.context.report(Noticed(id="compiling", text=words))


def train(setup: RunSetup, job: Job) -> dict[str, Any]:
    """Run the loop on a job, which may be any stage's."""
    if setup.hardware.device.type == "cpu":
        attend_plainly_on_cpu(job.objective)
    if setup.hardware.kind.runs_ahead:
        attend_without_asking(job.objective)
    return TrainingLoop(job, setup.hardware, setup.context, setup.timing).run()
