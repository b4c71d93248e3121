"""Which objective suits the model of a plan, and why, before anything is opened."""

from dataclasses import dataclass

from core.hub.catalog import CATALOG
from core.language import _
from core.recipe import Recipe
from core.recipe.families import FAMILIES
from core.recipe.objectives import doubt_about_objective, objective_named, suited


@dataclass(frozen=True)
class ObjectiveAdvice:
    """What is said of a plan's objective.

    Attributes:
        words: Which one suits the model, and why.
        doubt: Why the one that is set may do harm; empty when nothing says so.
    """

    words: str
    doubt: str


def family_by_name(recipe: Recipe) -> str:
    """How a plan's model was pretrained, as far as its name tells, and the list of models."""
    name = recipe.model.name
    origins = (entry.origin for entry in CATALOG if entry.name == name)
    return recipe.modality.family_of(name, *origins)


def advice_on_objective(recipe: Recipe, family: str = "") -> ObjectiveAdvice:
    """What to say of the objective of a plan.

    Args:
        recipe: The plan.
        family: Of its model, as somebody found who looked into it; empty: its name tells.
    """
    kind = recipe.modality.name
    family = family or family_by_name(recipe)
    best = suited(family, kind)
    asked = objective_named(recipe.pretrain.objective)
    learned = _("The model was pretrained {learned}").format(learned=FAMILIES[family].learned)
    if asked is None:
        words = _("{learned}. Further pre-training has it {title} (objective: {name}).").format(
            learned=learned, name=best.objective.name, title=best.objective.title
        )
        return ObjectiveAdvice(words, doubt_about_objective(best.objective, family, kind))
    if asked == best.objective:
        words = _("{learned}: the objective {name} ({title}) is what suits it best here.").format(
            learned=learned, name=asked.name, title=asked.title
        )
    else:
        words = _(
            "{learned}: {name} ({title}) suits it best; the plan has {other} ({other_title})."
        ).format(
            learned=learned,
            name=best.objective.name,
            title=best.objective.title,
            other=asked.name,
            other_title=asked.title,
        )
    return ObjectiveAdvice(words, doubt_about_objective(asked, family, kind))
