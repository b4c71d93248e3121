"""Whether pre-training trains a decoder, which one, and whether that is warmed up first."""

from core.recipe import Recipe
from core.recipe.objectives import objective_named


def uses_decoder(recipe: Recipe) -> bool:
    """Whether pre-training trains a decoder, as far as the recipe tells."""
    objective = objective_named(recipe.pretrain.objective)
    return objective is None or objective.has_decoder


def warms_up_decoder(recipe: Recipe, *, decoder_is_fresh: bool) -> bool:
    """Whether a decoder is warmed up before it is trained with the encoder.

    Args:
        recipe: What is asked.
        decoder_is_fresh: Whether the model came without one.
    """
    needs = has_own_decoder(recipe) or (decoder_is_fresh and uses_decoder(recipe))
    return needs and recipe.model.decoder_warmup_steps > 0


def has_own_decoder(recipe: Recipe) -> bool:
    """Whether pre-training trains another decoder than the model's, as far as the recipe tells."""
    objective = objective_named(recipe.pretrain.objective)
    return objective is not None and objective.has_own_decoder
