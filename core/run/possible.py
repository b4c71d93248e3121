"""Which arms a recipe can make, and what it lacks for the others."""

from core.language import _
from core.recipe import Recipe
from core.recipe.arms import ARMS, EVERY, FURTHER


def arms_of(recipe: Recipe) -> list[str]:
    """The arms that can be fine-tuned: those whose encoder the run makes."""
    return [arm for arm in recipe.finetune.arms if not missing_for(arm, recipe)]


def makes_further(recipe: Recipe) -> bool:
    """Whether further pre-training is done: it teaches, is compared, or is all there is."""
    if not recipe.pretrain.steps:
        return False
    teaches = recipe.distill.teacher != "initial"
    return teaches or not recipe.distill.rounds or FURTHER in recipe.finetune.arms


def missing_for(arm: str, recipe: Recipe) -> str:
    """What a recipe lacks to make an arm, in words; empty when it can be made."""
    asked = EVERY[arm]
    has_rounds = bool(recipe.distill.rounds and recipe.pretrain.steps)
    others = [each for each in recipe.finetune.arms if ARMS[each].is_trained_alone]
    is_ablated = asked.is_distilled and asked.has_own_stages
    starts_further = bool(asked.frozen) and asked.start == "further-pretrain"
    lacks = (
        (
            needs_distilling(arm) and not has_rounds,
            _("the recipe has no pretrain.steps or no distill.rounds"),
        ),
        (
            asked.is_taught and recipe.data.pretrain_on_test,
            _("data.pretrain_on_test is on, and no test example may be learned from"),
        ),
        (asked.is_taught and not others, _("finetune.arms has no other arm to learn from")),
        (bool(asked.start) and not recipe.pretrain.steps, _("the recipe has no pretrain.steps")),
        (
            is_ablated and recipe.distill.teacher == "initial",
            _("distill.teacher is initial, beside which it says nothing"),
        ),
        (
            starts_further and not makes_further(recipe),
            _("distill.teacher is initial, and finetune.arms has no {further}").format(
                further=FURTHER
            ),
        ),
        (
            bool(asked.average) and recipe.finetune.head == "random",
            _("the recipe has a random head (finetune.head), with which nothing can be averaged"),
        ),
    )
    return next((reason for is_lacking, reason in lacks if is_lacking), "")


def needs_distilling(arm: str) -> bool:
    """Whether an arm is made only where there is self-distillation: ablations compare with it."""
    return EVERY[arm].is_distilled or EVERY[arm].has_own_stages
