"""Settings that a model of the catalog can't be used with, said before a run folder is made."""

from core.errors import RunError
from core.hub.catalog import CATALOG
from core.planning.shapes import shapes_of
from core.recipe import Recipe


def refuse_misfit(recipe: Recipe) -> None:
    """Refuse an input size, or a part to be trained, that the model doesn't have.

    Of other models it is known when they are opened.

    Raises:
        RunError: `settings-misfit`.
    """
    name, kind = recipe.model.name, recipe.modality.name
    entry = next((each for each in CATALOG if (each.name, each.kind) == (name, kind)), None)
    if entry is None:
        return
    shape = shapes_of(recipe.modality).shape_of(entry)
    parts = {recipe.pretrain.train} if recipe.pretrain.steps else {"all"}
    if recipe.race.minutes:
        parts |= set(recipe.race.train)
    for part in sorted(parts):
        pretrain = recipe.pretrain.model_copy(update={"train": part})
        if reason := shape.misfit(recipe.model_copy(update={"pretrain": pretrain})):
            raise RunError("settings-misfit", name=name, reason=reason)
