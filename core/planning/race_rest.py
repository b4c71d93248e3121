"""What follows a race: the winner's recipe, with the steps that fit the time that is left.

Pure arithmetic on measured speeds, torch-free.
"""

from core.planning.estimate import Measurement, estimate_run
from core.planning.race import Speeds
from core.planning.steps import fit_steps
from core.recipe import RaceRecipe, Recipe
from core.recipe.arms import FROZEN_LAYERS
from core.run.decoder_use import warms_up_decoder
from core.run.plan import search_rungs
from core.run.possible import arms_of, missing_for


def fitted(
    recipe: Recipe,
    kind: str | None,
    speeds: Speeds,
    numbers: tuple[int, int],
    seconds: float,
    *,
    rate: float | None = None,
    decoder_is_fresh: bool = False,
) -> tuple[Recipe, float]:
    """The winner's recipe with the steps that fit what is left, and the seconds that it takes.

    Where there is no time for a search of fine-tuning's learning rate, the race has found one.

    Args:
        recipe: The winner's, with the most steps.
        kind: Of the candidate; None for the base model alone.
        speeds: As measured.
        numbers: Examples for pre-training; labeled ones.
        seconds: What is left.
        rate: The learning rate that was best when the winner was compared; None: none was.
        decoder_is_fresh: Whether a decoder is warmed up before it is used.
    """
    found, taken = _fitted(recipe, kind, speeds, numbers, seconds, decoder_is_fresh)
    if taken > seconds and rate is not None and recipe.finetune.search:
        finetune = recipe.finetune.model_copy(update={"search": False, "lr": rate})
        known = recipe.model_copy(update={"finetune": finetune})
        found, taken = _fitted(known, kind, speeds, numbers, seconds, decoder_is_fresh)
    return found, taken


def _fitted(
    recipe: Recipe,
    kind: str | None,
    speeds: Speeds,
    numbers: tuple[int, int],
    seconds: float,
    decoder_is_fresh: bool,
) -> tuple[Recipe, float]:
    asked = recipe.model_copy(update={"race": RaceRecipe()})
    warms_up = kind is not None and warms_up_decoder(asked, decoder_is_fresh=decoder_is_fresh)
    measurement = _measurement(recipe, kind, speeds, warms_up=warms_up)
    heads_s = _num_heads(asked) * speeds.head_s + _num_trainings(asked) * speeds.fixed_s
    taken = estimate_run(measurement, asked, *numbers).seconds
    if taken + heads_s > seconds:
        asked = fit_steps(measurement, asked, *numbers, max(0.0, seconds - heads_s))
        taken = estimate_run(measurement, asked, *numbers).seconds
    return asked.model_copy(update={"race": recipe.race}), taken + heads_s


def _num_trainings(recipe: Recipe) -> int:
    """How many trainings there are, those of searches among them."""
    finetune = recipe.finetune
    tries = sum(number for _, number in search_rungs(recipe)) if finetune.search else 0
    pretrainings = (1 + recipe.distill.rounds if recipe.pretrain.steps else 0) + 1
    return pretrainings + (tries + finetune.num_seeds) * len(arms_of(recipe))


def _num_heads(recipe: Recipe) -> int:
    """How many heads are fitted: on each encoder as it is, for each search and fine-tuning."""
    finetune = recipe.finetune
    frozen = [arm for arm in FROZEN_LAYERS if not missing_for(arm, recipe)]
    of_arm = finetune.num_seeds + (1 if finetune.search else 0)
    return len(frozen) + of_arm * len(arms_of(recipe))


def _measurement(
    recipe: Recipe, kind: str | None, speeds: Speeds, *, warms_up: bool
) -> Measurement:
    """The speeds as the arithmetic of plans has them; sizes are not asked for."""
    distill_s = speeds.distill_step_s(kind, recipe.distill.batch_size) if kind else 0.0
    return Measurement(
        model=recipe.model.name,
        device="",
        precision="",
        masked_step_s=speeds.step_s[kind] if kind else 0.0,
        distill_step_s=distill_s,
        # A little less: the encoder is frozen meanwhile.
        warmup_step_s=speeds.step_s[kind] if kind and warms_up else 0.0,
        finetune_image_s=speeds.finetune_step_s / recipe.finetune.batch_size,
        fixed_s=0.0,
        memory_gib={},
        memory_free_gib=0.0,
        model_bytes=0,
        encoder_bytes=0,
        example_bytes=0,
        width=0,
        tokens=0,
    )
