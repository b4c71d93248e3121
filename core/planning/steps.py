"""Steps for the time that somebody has: a recipe with more or fewer of them.

A window asks at every move of a slider.
"""

from typing import Final

from core.planning.estimate import Measurement, estimate_run
from core.recipe import DistillRecipe, FinetuneRecipe, PretrainRecipe, RaceRecipe, Recipe

# Fewer steps than this teach nothing and make no curve.
_LEAST_STEPS = 20
_MOST_STEPS = 1_000_000
# Share of the time that a race leaves for its winner.
_AFTER_RACE = 0.6
# All that follows the time, by section.
_SCALED: Final = {
    "pretrain": ("steps", "warmup_steps"),
    "distill": ("steps", "warmup_steps"),
    "finetune": ("steps", "warmup_steps"),
    "probe": ("every",),
    "race": ("minutes",),
}


def fit_steps(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int, seconds: float
) -> Recipe:
    """The recipe with its steps scaled, all by the same factor, until it takes `seconds`.

    Warm-up keeps its share of the steps, and the pace of the probes scales along. What does not
    depend on steps stays, so a very short time may not be reached: there are lower bounds. What
    they and rounding take away is gone: fit the recipe that was chosen, not one that was fitted
    before.
    """
    if recipe.race.minutes:
        # A race keeps to its time itself.
        least = _least_race_s(measurement, recipe, num_images, num_labeled)
        minutes = round(max(least, seconds - measurement.fixed_s) / 60, 1)
        race = recipe.race.model_copy(update={"minutes": max(1.0, minutes)})
        return recipe.model_copy(update={"race": race})
    low, high = 1e-4, 1e4
    # The fewest steps are asked for at every change of a plan: there is nothing to search.
    for _ in range(60 if seconds > 0 else 0):
        middle = (low * high) ** 0.5
        taken = estimate_run(measurement, _scaled(recipe, middle), num_images, num_labeled).seconds
        low, high = (middle, high) if taken < seconds else (low, middle)
    return _scaled(recipe, low)


def with_steps_of(recipe: Recipe, other: Recipe) -> Recipe:
    """`recipe` with all that `fit_steps` scales as it is in another one."""
    sections = {
        name: getattr(recipe, name).model_copy(
            update={key: getattr(getattr(other, name), key) for key in keys}
        )
        for name, keys in _SCALED.items()
    }
    return recipe.model_copy(update=sections)


def has_steps_of(recipe: Recipe, other: Recipe) -> bool:
    """Whether two recipes agree in all that `fit_steps` scales."""
    return all(
        getattr(getattr(recipe, name), key) == getattr(getattr(other, name), key)
        for name, keys in _SCALED.items()
        for key in keys
    )


def least_seconds(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int
) -> float:
    """What the recipe takes with the fewest steps that `fit_steps` gives."""
    least = fit_steps(measurement, recipe, num_images, num_labeled, 0.0)
    return estimate_run(measurement, least, num_images, num_labeled).seconds


def _least_race_s(
    measurement: Measurement, recipe: Recipe, num_images: int, num_labeled: int
) -> float:
    """What a race has to have, so that its winner is trained for the fewest steps."""
    alone = recipe.model_copy(update={"race": RaceRecipe()})
    return least_seconds(measurement, alone, num_images, num_labeled) / _AFTER_RACE


def _warm_up(section: PretrainRecipe | DistillRecipe | FinetuneRecipe, steps: int) -> int:
    """The same share of other steps, never none where there was some: it guards a fitted head."""
    if not section.warmup_steps or steps < 2:
        return 0
    return min(steps - 1, max(1, round(section.warmup_steps * steps / section.steps)))


def _scaled(recipe: Recipe, factor: float) -> Recipe:
    """The recipe with all steps times `factor`."""

    def steps(number: int) -> int:
        scaled = round(number * factor)
        return min(_MOST_STEPS, max(min(number, _LEAST_STEPS), scaled)) if number else 0

    pretrain, distill, finetune = recipe.pretrain, recipe.distill, recipe.finetune
    changes = {
        "pretrain": {"steps": steps(pretrain.steps)},
        "distill": {"steps": steps(distill.steps)},
        "finetune": {"steps": steps(finetune.steps)},
    }
    for name, section in (("pretrain", pretrain), ("distill", distill), ("finetune", finetune)):
        changes[name]["warmup_steps"] = _warm_up(section, changes[name]["steps"])
    every = recipe.probe.every
    values = {name: getattr(recipe, name).model_copy(update=new) for name, new in changes.items()}
    if every:
        values["probe"] = recipe.probe.model_copy(update={"every": max(10, round(every * factor))})
    # The decoder's warm-up stays: a fresh one needs it whatever the time.
    return recipe.model_copy(update=values)
