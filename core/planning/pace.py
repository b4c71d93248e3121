"""What a run with another model would take: what was measured with one, scaled by arithmetic.

Per example a pass forward of a block of width w on T tokens has 24 T w² + 4 T² w operations;
backward has twice as many, and only in the blocks that are trained. An estimate: models of other
sizes reach other speeds on the same machine, so only the Plan page's measurement says what it is.
"""

from dataclasses import dataclass, replace

from core.planning.estimate import Measurement
from core.planning.shapes import ModelShape, share_kept
from core.planning.suited import family_by_name
from core.recipe import Recipe
from core.recipe.modality import AUTO
from core.recipe.objectives import Objective, objective_named, suited
from core.recipe.trained import trained_part


@dataclass(frozen=True)
class Work:
    """Operations of one example in a step of each kind of stage."""

    pretrain: float
    distill: float
    finetune: float


def work_of(shape: ModelShape, recipe: Recipe) -> Work:
    """What a step costs with the model that the recipe names, whose shape that is."""
    objective = objective_of(recipe, shape.family)
    text = recipe.pretrain.train
    part = trained_part(objective.part if text == AUTO else text)
    # Forward and backward, where only a part is trained.
    passes = 1 + 2 * share_kept(part, shape.depth)
    whole = shape.forward_flop(recipe)
    if objective.passes is None:
        encoder, decoder = shape.masked_flop(recipe)
        pretrain = passes * encoder + 3 * decoder
    else:
        pretrain = objective.passes / 3 * passes * whole
    pretrain += objective.teacher_passes * whole
    return Work(pretrain, pretrain + passes * whole, 3 * whole)


def objective_of(recipe: Recipe, family: str = "") -> Objective:
    """The objective that a recipe means.

    Args:
        recipe: The recipe.
        family: Of its model, as somebody found who looked; empty: its name decides.
    """
    found = objective_named(recipe.pretrain.objective)
    if found is not None:
        return found
    return suited(family or family_by_name(recipe), recipe.modality.name).objective


def scaled(
    measured: Measurement,
    with_: tuple[ModelShape, Recipe],
    to: tuple[ModelShape, Recipe],
) -> Measurement:
    """What was measured with one model, as it would be with another.

    Args:
        measured: By `core.processes.measure`.
        with_: The model that was measured, and the recipe that named it.
        to: The other model, and the recipe that names it.
    """
    before, after = work_of(*with_), work_of(*to)
    pretrain_s = measured.masked_step_s * after.pretrain / before.pretrain
    distill_s = measured.distill_step_s * after.distill / before.distill
    is_fresh = not to[0].has_decoder and objective_of(to[1], to[0].family).has_decoder
    ratio = to[0].parameters / with_[0].parameters
    return replace(
        measured,
        model=to[1].model.name,
        masked_step_s=pretrain_s,
        distill_step_s=distill_s,
        # With the encoder frozen it costs less: an upper bound.
        warmup_step_s=pretrain_s if is_fresh else 0.0,
        finetune_image_s=measured.finetune_image_s * after.finetune / before.finetune,
        model_bytes=round(measured.model_bytes * ratio),
        encoder_bytes=round(measured.encoder_bytes * ratio),
    )
