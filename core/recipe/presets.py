"""Ready-made recipes: the paper's, a short one for a CPU, one between, a strong one, a race.

Each modality has its own; what a preset leaves open is the default of the modality. `strong` has
the paper's pre-training and the modality's best fine-tuning, which `quick` and `balanced` have too.
`best` tries ways to adapt the model in the time there is; the steps of `balanced` are the most.
"""

from typing import Any

from core.recipe.modality import AUTO, modality_named
from core.recipe.tree import Recipe

PRESETS = ("best", "quick", "balanced", "paper", "strong")

# What `best` has where nobody says how much time there is.
_MINUTES = 60.0


def preset_values(name: str, kind: str) -> dict[str, dict[str, Any]]:
    """What a preset asks for examples of a kind, as of `DataRecipe`; the caller's to change.

    Raises:
        KeyError: There is no such preset, or no such kind.
    """
    modality = modality_named(kind)
    made_of = {"strong": "paper", "best": "balanced"}
    sections = modality.presets[made_of.get(name, name)]
    found = {section: dict(values) for section, values in sections.items()}
    if name == "best":
        found["race"] = {"minutes": _MINUTES}
    if name == "strong":
        found["finetune"] = {**found.get("finetune", {}), **modality.strong}
    return found


def preset_recipe(name: str, kind: str = AUTO) -> Recipe:
    """The complete recipe of a preset; `KeyError` for an unknown name."""
    return Recipe.model_validate({"data": {"kind": kind}, **preset_values(name, kind)})
