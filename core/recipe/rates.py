"""Learning rates of fine-tuning that suit a model, before anything is tried."""

import math

from core.recipe.families import FAMILIES
from core.recipe.tree import Recipe


def usual_rate(recipe: Recipe, family: str) -> float:
    """That of the search's rates which is nearest, as a ratio, to what is usual for a family."""
    return likeliest_rates(recipe, family)[0]


def likeliest_rates(recipe: Recipe, family: str) -> list[float]:
    """The search's rates, those first that are nearest, as a ratio, to what is usual."""
    own = math.log(FAMILIES[family].tuned_faster * recipe.finetune.lr)
    return sorted(recipe.finetune.search_rates, key=lambda lr: abs(math.log(lr) - own))
