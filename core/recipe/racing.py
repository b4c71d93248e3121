"""The section of the recipe that lets a run find out what suits: a race of ways to adapt."""

from pydantic import Field, PositiveFloat, field_validator

from core.language import _
from core.recipe.modality import AUTO
from core.recipe.objectives import OBJECTIVES, objective_named
from core.recipe.ranges import LearningRate
from core.recipe.section import Section
from core.recipe.trained import trained_part


class RaceRecipe(Section):
    """Ways to adapt the model compete on validation examples; the best of them is the run's."""

    minutes: float = Field(
        default=0.0,
        ge=0,
        le=100_000,
        description=_(
            "Time that the run has, from the first step to the results: ways to adapt the "
            "model are tried by successive halving on validation {examples} of the training part, "
            "then the best one and the base model are trained and tested once. The steps of the "
            "other sections are the most that are done. 0: nothing is tried (paper)."
        ),
    )
    objectives: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description=_(
            "Objectives that are tried (`pretrain.objective`). Empty: those that are not "
            "known to harm a model that was pretrained as this one was."
        ),
    )
    train: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description=_("Trained parts that are tried (`pretrain.train`). Empty: a few usual ones."),
    )
    rates: tuple[LearningRate, ...] = Field(
        default=(1.5e-4, 5e-5, 5e-4),
        strict=False,
        min_length=1,
        max_length=8,
        description=_(
            "Learning rates of pre-training that are tried, the likeliest first: where "
            "there is no time for all, the last ones are left out."
        ),
    )

    weights: tuple[PositiveFloat, ...] = Field(
        default=(1.0, 0.3, 3.0),
        strict=False,
        min_length=1,
        max_length=8,
        description=_(
            "Weights of the distillation that are tried, times `distill.weight`, the "
            "likeliest first: where there is no time for all, the last ones are left out."
        ),
    )

    @field_validator("train")
    @classmethod
    def _name_parts(cls, parts: tuple[str, ...]) -> tuple[str, ...]:
        for part in parts:
            if part == AUTO:
                raise ValueError("auto is no part to try: leave the list empty instead")
            try:
                trained_part(part)
            except ValueError as error:
                raise ValueError(f"{part} {error}") from None
        return parts

    @field_validator("objectives")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name == AUTO:
                raise ValueError(_("auto is no objective to try: leave the list empty instead"))
            try:
                objective_named(name)
            except KeyError:
                known = ", ".join(OBJECTIVES)
                words = _("there is no objective {name}; there are {known}")
                raise ValueError(words.format(name=name, known=known)) from None
        return names
