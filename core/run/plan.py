"""Which stages a run has, in order, and how much work each is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from core.recipe import Recipe
from core.recipe.arms import ABLATIONS, ARMS, EVERY
from core.recipe.objectives import objective_named
from core.run.decoder_use import warms_up_decoder
from core.run.possible import arms_of, makes_further

# The kind of stage in which ways to adapt the model compete.
RACE_STAGE: Final = "race"
# The kind of stage that looks for the learning rate of an arm.
SEARCH: Final = "search"
_LAST_RUNG = 2
# Of each class on average; with more labels pairs tell little more than they do.
MOST_FOR_PAIRS: Final = 50
_FINE_TUNING = re.compile(r"\d+-finetune-(?P<arm>.+)-seed-(?P<seed>\d+)")


@dataclass(frozen=True)
class StagePlan:
    """One stage to come.

    Attributes:
        name: Folder name, numbered in the order of the run: `02-further-pretrain`.
        kind: `race`, `decoder-warmup`, `further-pretrain`, `self-distill`, `search` or `finetune`.
        num_steps: Optimizer steps; 0 of an average, which takes no training.
        work: Arithmetic of the whole stage in forward passes of the encoder over all tokens
            (backward counts twice), for the time left; METHOD.md section 6.
        round: Of self-distillation, from 1; 0 elsewhere.
        variant: Of pre-training for an ablation, the arm that it is for; empty elsewhere.
        repeat: Of pre-training, which time it is done, from 0.
        arm: Of fine-tuning and its search; empty elsewhere.
        seed_index: Of fine-tuning, from 0.
    """

    name: str
    kind: str
    num_steps: int
    work: float
    round: int = 0
    variant: str = ""
    repeat: int = 0
    arm: str = ""
    seed_index: int = 0


@dataclass(frozen=True)
class Costs:
    """Forward passes in units of the encoder over all tokens of one image.

    Attributes:
        visible: Encoder over the visible tokens only.
        decoder: Decoder over all tokens.
    """

    visible: float
    decoder: float


# Of a ViT with a light decoder and 75 % hidden, for whoever plans without the model.
USUAL_COSTS = Costs(visible=0.27, decoder=0.2)


def plan_stages(
    recipe: Recipe,
    costs: Costs,
    *,
    decoder_is_fresh: bool,
    can_finetune: bool,
    is_raced: bool = True,
    on_pairs: bool | None = None,
) -> list[StagePlan]:
    """All stages of a run, in order.

    Args:
        recipe: What was asked.
        costs: Of the model, for the time left.
        decoder_is_fresh: Whether the model came without a decoder, which is then warmed up where
            the objective needs it (`auto` counts as one that does: a run knows what it means).
        can_finetune: Whether there are labels to fine-tune on.
        is_raced: Whether the recipe is what a race chose, where it asks for one; before, there is
            nothing but the race, since all that follows depends on who wins.
        on_pairs: Whether searches try pairs, too; None: as `may_try_pairs` has it.
    """
    stages: list[StagePlan] = []
    if recipe.race.minutes:
        _add(stages, RACE_STAGE, "", 0, 0.0)
        if not is_raced:
            return stages
    finetune = recipe.finetune
    if recipe.pretrain.steps:
        _plan_pretraining(stages, recipe, costs, decoder_is_fresh=decoder_is_fresh)
        # After what every run has, so that its names (and numbers drawn by them) stay the same.
        if can_finetune:
            _plan_ablations(stages, recipe, costs)
    if can_finetune and finetune.steps:
        tries_pairs = may_try_pairs(recipe) if on_pairs is None else on_pairs
        _plan_fine_tunings(stages, recipe, tries_pairs=tries_pairs)
    return stages


def may_try_pairs(recipe: Recipe) -> bool:
    """Whether searches try to fine-tune on pairs, if there are not too many labels for it."""
    most = recipe.data.labels_per_class
    return recipe.finetune.pairs and (most is None or most <= MOST_FOR_PAIRS)


def can_learn_from_pairs(arm: str) -> bool:
    """Whether pairs leave an arm what it is: what holds weights back has no say in them."""
    return not ARMS[arm].is_regularised


def _plan_fine_tunings(stages: list[StagePlan], recipe: Recipe, *, tries_pairs: bool) -> None:
    finetune = recipe.finetune

    def work(arm: str, steps: int) -> float:
        return 3.0 * steps * finetune.batch_size * ARMS[arm].passes

    if finetune.search:
        steps = sum(length * number for length, number in search_rungs(recipe))
        # What is not trained alone is fine-tuned as the base model is, or not at all.
        for arm in _trained_arms(recipe):
            own = steps + (finetune.steps if tries_pairs and can_learn_from_pairs(arm) else 0)
            _add(stages, SEARCH, f"-{arm}", own, work(arm, own), arm=arm)
    for arm, seed in _fine_tunings(recipe):
        suffix, steps = f"-{arm}-seed-{seed}", 0 if ARMS[arm].average else finetune.steps
        _add(stages, "finetune", suffix, steps, work(arm, steps), arm=arm, seed_index=seed)


def _add(
    stages: list[StagePlan], kind: str, suffix: str, num_steps: int, work: float, **more: object
) -> None:
    name = f"{len(stages) + 1:02d}-{kind}{suffix}"
    stages.append(StagePlan(name, kind, num_steps, work, **more))  # type: ignore[arg-type]


def _work_of_objective(recipe: Recipe, costs: Costs) -> float:
    """Of one example and step."""
    objective = objective_named(recipe.pretrain.objective)
    if objective is None or objective.passes is None:
        seen = objective.teacher_passes if objective is not None else 0.0
        return 3 * (costs.visible + costs.decoder) + seen
    return objective.passes + objective.teacher_passes


def _work_of_further(recipe: Recipe, costs: Costs) -> float:
    """Of a step of further pre-training."""
    return recipe.pretrain.batch_size * _work_of_objective(recipe, costs)


def _work_of_round(recipe: Recipe, costs: Costs, *, has_masked_loss: bool = True) -> float:
    """Of a round of self-distillation."""
    distill = recipe.distill
    live = 1 if distill.random_resized_crops or distill.targets == "live" else 0
    own = _work_of_objective(recipe, costs) if has_masked_loss else 0.0
    return distill.steps * distill.batch_size * (own + 3 + live)


def _plan_pretraining(
    stages: list[StagePlan], recipe: Recipe, costs: Costs, *, decoder_is_fresh: bool
) -> None:
    pretrain, warmup_steps = recipe.pretrain, recipe.model.decoder_warmup_steps
    if warms_up_decoder(recipe, decoder_is_fresh=decoder_is_fresh):
        warmup = warmup_steps * pretrain.batch_size * (costs.visible + 3 * costs.decoder)
        _add(stages, "decoder-warmup", "", warmup_steps, warmup)
    work = pretrain.steps * _work_of_further(recipe, costs)
    for repeat in range(pretrain.num_seeds):
        if makes_further(recipe):
            suffix = _suffix("", repeat)
            _add(stages, "further-pretrain", suffix, pretrain.steps, work, repeat=repeat)
        _plan_rounds(stages, recipe, "", _work_of_round(recipe, costs), repeat)


def _plan_rounds(
    stages: list[StagePlan], recipe: Recipe, variant: str, work: float, repeat: int
) -> None:
    for number in range(1, recipe.distill.rounds + 1):
        suffix = f"{_suffix(variant, repeat)}-round-{number}"
        more = {"round": number, "variant": variant, "repeat": repeat}
        _add(stages, "self-distill", suffix, recipe.distill.steps, work, **more)


def _plan_ablations(stages: list[StagePlan], recipe: Recipe, costs: Costs) -> None:
    arms = [arm for arm in ABLATIONS if arm in arms_of(recipe)]
    for arm, repeat in product(arms, range(recipe.pretrain.num_seeds)):
        if ARMS[arm].is_distilled:
            work = _work_of_round(recipe, costs, has_masked_loss=ARMS[arm].has_masked_loss)
            _plan_rounds(stages, recipe, arm, work, repeat)
        else:
            # As long as all that the distilled student comes from.
            step_work = _work_of_further(recipe, costs)
            total = recipe.pretrain.steps * step_work if makes_further(recipe) else 0.0
            total += recipe.distill.rounds * _work_of_round(recipe, costs)
            steps = max(1, round(total / step_work))
            more = {"variant": arm, "repeat": repeat}
            suffix = _suffix(arm, repeat)
            _add(stages, "further-pretrain", suffix, steps, steps * step_work, **more)


def _suffix(variant: str, repeat: int) -> str:
    """In the name of a stage of pre-training; the first time has the names that it always had."""
    parts = [variant, f"repeat-{repeat + 1}" if repeat else ""]
    return "".join(f"-{part}" for part in parts if part)


def _fine_tunings(recipe: Recipe) -> list[tuple[str, int]]:
    arms, seeds = _trained_arms(recipe), range(recipe.finetune.num_seeds)
    others = [arm for arm in arms_of(recipe) if arm not in arms]
    # What is made of others comes after them; a soup is one model, of all seeds.
    averages = [arm for arm in others if ARMS[arm].average == "start"]
    soups = [(arm, 0) for arm in others if ARMS[arm].average == "seeds"]
    taught = [(arm, seed) for arm in others if ARMS[arm].is_taught for seed in seeds]
    if recipe.finetune.order == "seeds":
        return [(arm, seed) for seed in seeds for arm in (*arms, *averages)] + soups + taught
    return [(arm, seed) for arm in (*arms, *averages) for seed in seeds] + soups + taught


def _trained_arms(recipe: Recipe) -> list[str]:
    return [arm for arm in arms_of(recipe) if ARMS[arm].is_trained_alone]


def fine_tuning_of(name: str) -> tuple[str, int] | None:
    """Arm and seed of a fine-tuning by the name of its stage; None for other stages."""
    match = _FINE_TUNING.fullmatch(name)
    return (match["arm"], int(match["seed"])) if match is not None else None


def search_rungs(recipe: Recipe) -> list[tuple[int, int]]:
    """Steps and number of the trainings in each rung of the search, which all cost the same.

    Half of the rates go on from rung to rung, with twice the steps; the last two rates (or three)
    are compared after half the steps of a fine-tuning.
    """
    numbers = [len(recipe.finetune.search_rates)]
    while numbers[-1] > _LAST_RUNG:
        numbers.append(-(-numbers[-1] // 2))
    steps = recipe.finetune.steps
    return [
        (max(1, steps // 2 ** (len(numbers) - index)), number)
        for index, number in enumerate(numbers)
    ]


def stage_behind(arm: str, stages: Sequence[StagePlan], repeat: int = 0) -> StagePlan | None:
    """The stage whose encoder an arm starts from; None for the model as it was loaded.

    Args:
        arm: An arm, or a row without fine-tuning.
        stages: Of the run.
        repeat: Which of the repeated pre-trainings.
    """
    start, variant = EVERY[arm].start, arm if EVERY[arm].has_own_stages else ""
    if not start:
        return None
    wanted = (start, variant, repeat)
    found = [stage for stage in stages if (stage.kind, stage.variant, stage.repeat) == wanted]
    return found[-1]


def repeat_of(seed_index: int, recipe: Recipe) -> int:
    """Which of the repeated pre-trainings a fine-tuning starts from: they take turns."""
    return seed_index % recipe.pretrain.num_seeds


def later_work(stages: Sequence[StagePlan], name: str, num_devices: int = 1) -> float:
    """Work of all stages after the named one, as one device has to wait for it.

    Fine-tunings are shared by so many devices; while one is at work on the named stage, the
    others are at work on the next ones.
    """
    index = next(i for i, stage in enumerate(stages) if stage.name == name)
    later = stages[index + 1 :]
    shared = sum(stage.work for stage in later if stage.kind == "finetune")
    if stages[index].kind == "finetune":
        shared -= (num_devices - 1) * stages[index].work
    alone = sum(stage.work for stage in later if stage.kind != "finetune")
    return alone + max(0.0, shared) / num_devices
