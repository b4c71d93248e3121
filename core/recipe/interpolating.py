"""How far from first to last weights a fine-tuning may be taken: WiSE-FT, Wortsman et al. 2022.

arXiv 2109.01903. Torch-free: plans count how often classifiers are judged.
"""

from typing import Final

from core.recipe.arms import BASE, interpolates_one_arm
from core.recipe.tree import Recipe

# How far along; all of the way is plain fine-tuning.
_SHARES: Final = (0.25, 0.5, 0.75, 1.0)


def shares_of(recipe: Recipe) -> tuple[float, ...]:
    """How far on the way from first to last weights a classifier may be taken, ascending."""
    return _SHARES if recipe.finetune.interpolate else (1.0,)


def judged_shares(recipe: Recipe, arm: str) -> tuple[float, ...]:
    """Those that a search looks at: of `base` also for an arm that averages its start and end."""
    is_averaged = arm == BASE and interpolates_one_arm(recipe.finetune.arms)
    return _SHARES if is_averaged else shares_of(recipe)
