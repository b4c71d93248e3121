"""Ways to adapt a model that compete in a race: what there is, the likeliest first. Torch-free."""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

from pydantic import ValidationError

from core.language import _
from core.recipe import DistillRecipe, PretrainRecipe, Recipe
from core.recipe.arms import ARMS, BASE
from core.recipe.objectives import OBJECTIVES, objective_named, suited

# Usual trained parts, those that are nearest to the start first.
_PARTS = ("last:2", "all", "lora:8")
_WHOLE = "all"
_PART_WORDS = {
    "all": _("all of it trained"),
    "last": _("last {number} blocks trained"),
    "lora": _("LoRA rank {number}"),
}


@dataclass(frozen=True)
class Candidate:
    """One way to go on pre-training.

    Attributes:
        objective: Name in the table of objectives.
        train: Trained part, as of `pretrain.train`; empty where recipes have no such setting.
        lr: Peak learning rate.
        weight: Of the distillation; None: the recipe's.
    """

    objective: str
    train: str
    lr: float
    weight: float | None = None

    @property
    def kind(self) -> str:
        """What its steps take time by: the same for all learning rates."""
        return f"{self.objective}-{self.train.replace(':', '-')}" if self.train else self.objective

    @property
    def name(self) -> str:
        """Unique among candidates, and the name of a folder."""
        return f"{self.kind}-{self.lr:g}"

    @property
    def title(self) -> str:
        """In a list."""
        parts = [OBJECTIVES[self.objective].title]
        if self.train:
            kind, _colon, number = self.train.partition(":")
            parts.append(_PART_WORDS.get(kind, self.train).format(number=number))
        return _("{parts}, rate {lr:g}").format(parts=", ".join(parts), lr=self.lr)


def candidates_of(recipe: Recipe, family: str) -> list[Candidate]:
    """All that a race may try for an encoder of a family.

    Every objective as it was measured comes first, then all of them with every trained part at the
    likeliest rate, then the same at the other rates.
    """
    race = recipe.race
    objectives = [found.name for name in race.objectives if (found := objective_named(name))]
    objectives = list(dict.fromkeys(objectives)) or _not_harmful(recipe, family)
    parts = [part for part in (race.train or _PARTS) if _is_part(part)]
    if "train" not in PretrainRecipe.model_fields:
        parts = [""]
    first = [_as_measured(recipe, name, parts) for name in objectives]
    others = [
        Candidate(objective, part, lr)
        for lr, part, objective in product(race.rates, parts, objectives)
    ]
    return first + [each for each in others if each not in first]


def _as_measured(recipe: Recipe, name: str, parts: list[str]) -> Candidate:
    """An objective with the part and the rate that it was measured with, or what is nearest."""
    objective = OBJECTIVES[name]
    own = math.log(objective.rate * recipe.pretrain.lr)
    lr = min(recipe.race.rates, key=lambda rate: abs(math.log(rate) - own))
    return Candidate(name, objective.part if objective.part in parts else parts[0], lr)


def _not_harmful(recipe: Recipe, family: str) -> list[str]:
    modality = recipe.modality.name
    best = suited(family, modality).objective.name
    others = [
        objective.name
        for objective in OBJECTIVES.values()
        if objective.is_of(modality) and family not in objective.harms
    ]
    return list(dict.fromkeys([best, *others]))


def _is_part(part: str) -> bool:
    """Whether recipes know a trained part."""
    try:
        PretrainRecipe.model_validate({"train": part})
    except ValidationError:
        return False
    return True


def with_candidate(recipe: Recipe, candidate: Candidate, steps: int | None = None) -> Recipe:
    """The recipe with a candidate's pre-training, in further pre-training and self-distillation.

    Args:
        recipe: What was asked.
        candidate: How to pre-train.
        steps: Of each stage, whose warm-up keeps its share; None leaves them.
    """
    pretrain: dict[str, Any] = {"objective": candidate.objective, "lr": candidate.lr}
    if candidate.train:
        pretrain["train"] = candidate.train
    distill: dict[str, Any] = {"lr": candidate.lr, "rounds": max(1, recipe.distill.rounds)}
    if candidate.weight is not None:
        distill["weight"] = candidate.weight
    if steps is not None:
        pretrain |= _steps(recipe.pretrain, steps)
        distill |= _steps(recipe.distill, steps)
    sections = {
        "pretrain": recipe.pretrain.model_copy(update=pretrain),
        "distill": recipe.distill.model_copy(update=distill),
    }
    return recipe.model_copy(update=sections)


def winners_recipe(recipe: Recipe, arm: str, candidate: Candidate | None) -> Recipe:
    """The recipe that trains the winner of a race beside the base model, with the most steps.

    Args:
        recipe: What was asked.
        arm: The winner's.
        candidate: How it was pre-trained; None where it was not.
    """
    arms = [each for each in recipe.finetune.arms if ARMS[each].is_regularised]
    own = [BASE] if arm == BASE else [BASE, arm]
    finetune = recipe.finetune.model_copy(update={"arms": (*own, *arms)})
    if candidate is None:
        pretrain = recipe.pretrain.model_copy(
            update={"steps": 0, "warmup_steps": 0, "num_seeds": 1}
        )
        distill = recipe.distill.model_copy(update={"rounds": 0})
        sections: dict[str, Any] = {"pretrain": pretrain, "distill": distill}
    else:
        found = with_candidate(recipe, candidate)
        rounds = found.distill.rounds if ARMS[arm].is_distilled else 0
        distill = found.distill.model_copy(update={"rounds": rounds})
        sections = {"pretrain": found.pretrain, "distill": distill}
    return recipe.model_copy(update={**sections, "finetune": finetune})


def _steps(section: PretrainRecipe | DistillRecipe, steps: int) -> dict[str, int]:
    share = section.warmup_steps / section.steps if section.steps else 0.0
    return {"steps": steps, "warmup_steps": min(round(share * steps), max(0, steps - 1))}
