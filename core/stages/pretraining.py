"""Stages with an objective alone: decoder warm-up and further pre-training."""

from typing import Any

from core.run.plan import StagePlan
from core.stages.masked_job import masked_job, model_to_train, train_masked
from core.stages.objectives.choose import objective_for
from core.stages.setup import RunSetup


def warm_up_decoder(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Train a fresh decoder with the encoder frozen.

    A fresh decoder's first gradients are random; sent through a pretrained encoder they would
    wreck it. So the encoder is frozen until the decoder can read it.
    """
    model = setup.unwarmed_model()
    model.encoder.requires_grad_(requires_grad=False)
    objective = objective_for(setup, stage, model)
    section = setup.recipe.pretrain
    job = masked_job(setup, stage, model, objective, section, probed=False)
    return train_masked(setup, job, model)


def further_pretrain(setup: RunSetup, stage: StagePlan) -> dict[str, Any]:
    """Further pre-training (METHOD.md section 1, step 1); its encoder is the first teacher."""
    model = model_to_train(setup, stage)
    objective = objective_for(setup, stage, model)
    job = masked_job(setup, stage, model, objective, setup.recipe.pretrain)
    return train_masked(setup, job, model)
