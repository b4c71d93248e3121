"""Which regulariser an arm is fine-tuned with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.models.masked_model import Classifier
from core.recipe import Recipe
from core.recipe.arms import ARMS
from core.stages.finetune_objective import Penalty
from core.stages.regularise.l2sp import L2SP
from core.stages.regularise.mars import Mars
from core.stages.regularise.r3f import R3F, Divergence, symmetric_divergence
from core.stages.regularise.recadam import RecAdam
from core.training.optim import StepRule, finetuning_decay

_RECADAM_T0 = 250.0


@dataclass(frozen=True)
class Regulariser:
    """What an arm adds to plain fine-tuning.

    Attributes:
        penalty: Part of the loss; None for none.
        step_rule: Works at the optimizer's step; None for none.
        weight_decay: What is left of AdamW's weight decay.
    """

    penalty: Penalty | None
    step_rule: StepRule | None
    weight_decay: float


@dataclass(frozen=True)
class Asked:
    """What a regulariser is made of.

    Attributes:
        classifier: Its encoder is as it was pretrained, its head new.
        recipe: Of the run.
        place: `(seed, stage)`, for random numbers.
        divergence: How far apart two answers are.
    """

    classifier: Classifier
    recipe: Recipe
    place: tuple[int | str, ...]
    divergence: Divergence


def regulariser_of(
    arm: str,
    classifier: Classifier,
    recipe: Recipe,
    place: tuple[int | str, ...],
    *,
    divergence: Divergence = symmetric_divergence,
) -> Regulariser:
    """The regulariser of an arm; of most there is none.

    Args:
        arm: As in the recipe.
        classifier: Its encoder is as it was pretrained, its head new.
        recipe: Of the run.
        place: `(seed, stage)`, for random numbers.
        divergence: How far apart two (B, C) logits are, as the task has it.
    """
    if ARMS[arm].is_regularised:
        return MAKERS[arm](Asked(classifier, recipe, place, divergence))
    return Regulariser(None, None, recipe.finetune.weight_decay)


def _recadam(asked: Asked) -> Regulariser:
    found, finetune = asked.recipe.baselines, asked.recipe.finetune
    decays = finetuning_decay(with_norms=finetune.decay_norms)
    decayed = frozenset(
        name for name, parameter in asked.classifier.named_parameters() if decays(name, parameter)
    )
    t0 = found.recadam_t0
    rule = RecAdam(
        asked.classifier,
        gamma=found.recadam_gamma,
        k=found.recadam_k,
        t0=min(_RECADAM_T0, finetune.steps / 10) if t0 is None else t0,
        weight_decay=finetune.weight_decay,
        decayed=decayed,
        rate_factors=asked.classifier.rate_factors(finetune.layer_decay),
    )
    return Regulariser(None, rule, finetune.weight_decay)


def _mars(asked: Asked) -> Regulariser:
    found = asked.recipe.baselines
    rule = Mars(asked.classifier, gamma=found.mars_gamma, head_gamma=found.mars_head_gamma)
    return Regulariser(None, rule, asked.recipe.finetune.weight_decay)


def _r3f(asked: Asked) -> Regulariser:
    found = asked.recipe.baselines
    penalty = R3F(
        asked.classifier,
        weight=found.r3f_weight,
        eps=found.r3f_noise,
        distribution=found.r3f_distribution,
        place=asked.place,
        divergence=asked.divergence,
    )
    return Regulariser(penalty, None, asked.recipe.finetune.weight_decay)


def _l2sp(asked: Asked) -> Regulariser:
    found = asked.recipe.baselines
    penalty = L2SP(asked.classifier, alpha=found.l2sp_alpha, beta=found.l2sp_beta)
    return Regulariser(penalty, None, 0.0)


# By arm: one for each regularised arm of the table.
MAKERS: Final[dict[str, Callable[[Asked], Regulariser]]] = {
    "recadam": _recadam,
    "mars": _mars,
    "r3f": _r3f,
    "l2sp": _l2sp,
}
