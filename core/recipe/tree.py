"""The recipe as a frozen, validated tree; each field carries its own help text.

Nouns in braces in a help text are those of `Modality.words`.

The defaults are those of the paper's authors (arXiv 2210.02871; METHOD.md section 2, read in
seanie12/self-distillation). Choices beyond the paper are off by default.
"""

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from core.language import _
from core.recipe.arms import ARMS
from core.recipe.baselines import BaselinesRecipe
from core.recipe.examples import DataRecipe, ModelRecipe
from core.recipe.finetuning import FinetuneRecipe
from core.recipe.modality import AUTO, Modality, modalities, modality_named
from core.recipe.objective_settings import ObjectivesRecipe
from core.recipe.objectives import objective_named, objectives_of
from core.recipe.pretraining import DistillRecipe, PretrainRecipe, ProbeRecipe
from core.recipe.racing import RaceRecipe
from core.recipe.runtime import RuntimeRecipe
from core.recipe.section import Section

# 2: keys that version 0.1.0 has not heard of.
RECIPE_FORMAT = 2


class Recipe(Section):
    """Everything that was asked of a run."""

    format: int = Field(default=RECIPE_FORMAT, description=_("Version of the recipe format."))
    seed: int = Field(default=0, ge=0, lt=2**31, description=_("All randomness follows from it."))
    data: DataRecipe = Field(default_factory=DataRecipe)
    model: ModelRecipe = Field(default_factory=ModelRecipe)
    pretrain: PretrainRecipe = Field(default_factory=PretrainRecipe)
    distill: DistillRecipe = Field(default_factory=DistillRecipe)
    finetune: FinetuneRecipe = Field(default_factory=FinetuneRecipe)
    objectives: ObjectivesRecipe = Field(default_factory=ObjectivesRecipe)
    baselines: BaselinesRecipe = Field(default_factory=BaselinesRecipe)
    race: RaceRecipe = Field(default_factory=RaceRecipe)
    probe: ProbeRecipe = Field(default_factory=ProbeRecipe)
    runtime: RuntimeRecipe = Field(default_factory=RuntimeRecipe)

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_modality(cls, values: Any) -> Any:
        """Fill in what was not asked, so that a recipe file always says what is used."""
        if not isinstance(values, dict) or not isinstance(values.get("data"), dict):
            return values
        modality = modalities().get(values["data"].get("kind", AUTO))
        if modality is None:
            return values
        filled = dict(values)
        for section, defaults in modality.defaults.items():
            asked = values.get(section, {})
            if isinstance(asked, dict):
                filled[section] = {**defaults, **asked}
        return filled

    @field_validator("format")
    @classmethod
    def _is_of_this_version(cls, found: int) -> int:
        """What was read has all keys from here on, those it lacked with their defaults."""
        if found > RECIPE_FORMAT:
            raise ValueError(
                _("this version of Redistill reads up to {number}").format(number=RECIPE_FORMAT)
            )
        return RECIPE_FORMAT

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        if self.distill.rounds and not self.pretrain.steps:
            raise ValueError(
                _(
                    "distill.rounds needs a teacher: set pretrain.steps above 0, or "
                    "distill.rounds to 0"
                )
            )
        if self.finetune.steps and self.pretrain.num_seeds > self.finetune.num_seeds:
            number = self.pretrain.num_seeds
            words = _(
                "{number} pre-trainings (pretrain.num_seeds) need as many fine-tunings of each "
                "arm: set finetune.num_seeds to {number} or more"
            )
            raise ValueError(words.format(number=number))
        if self.distill.rounds and self.distill.teacher == "initial":
            # Without an objective a student that starts at its teacher has nothing to learn; with
            # one it is the arm `distilled` itself.
            arms = [ARMS[arm] for arm in self.finetune.arms]
            alike = [arm.name for arm in arms if arm.is_distilled and arm.has_own_stages]
            if alike:
                words = _(
                    "the arm {arm} says nothing beside distill.teacher initial: take it out of "
                    "finetune.arms, or set distill.teacher to further"
                )
                raise ValueError(words.format(arm=alike[0]))
        if self.distill.rounds and not self.distill.steps:
            raise ValueError(_("distill.steps is 0: set it above 0, or distill.rounds to 0"))
        if self.race.minutes and not self.finetune.steps:
            raise ValueError(
                _(
                    "race.minutes needs something to compare: set finetune.steps above 0, or "
                    "race.minutes to 0"
                )
            )
        return self

    @model_validator(mode="after")
    def _objectives_fit(self) -> Self:
        known = objectives_of(self.modality.name)
        if foreign := [name for name in self.race.objectives if name not in known]:
            words = _("race.objectives: {kind} have no {names}")
            raise ValueError(words.format(kind=self.modality.name, names=", ".join(foreign)))
        if self.pretrain.objective not in known:
            words = _(
                "with {kind} there is no objective {name}: pretrain.objective is one of {known}"
            )
            raise ValueError(
                words.format(
                    kind=self.modality.name,
                    name=self.pretrain.objective,
                    known=", ".join(known),
                )
            )
        objective = objective_named(self.pretrain.objective)
        batches = [self.pretrain.batch_size]
        if self.distill.rounds:
            batches.append(self.distill.batch_size)
        alone = self.pretrain.steps and min(batches) < 2
        if alone and objective is not None and objective.compares:
            raise ValueError(
                f"{objective.name} tells the examples of a batch from each other: set "
                "pretrain.batch_size and distill.batch_size to 2 or more"
            )
        if (
            not self.modality.has_equal_lengths
            and self.distill.match == "all_tokens"
            and self.distill.targets != "live"
        ):
            # Their targets have no common shape on disk.
            words = _("with {kind}, distill.match all_tokens needs distill.targets live")
            raise ValueError(words.format(kind=self.modality.name))
        return self

    @property
    def modality(self) -> Modality:
        """What the examples are."""
        return modality_named(self.data.kind)
