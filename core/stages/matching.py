"""Which representation student and teacher are compared by, where a recipe leaves it open."""

from functools import partial
from typing import Final

from core.language import _
from core.models.masked_model import MaskedModel
from core.recipe import Recipe
from core.recipe.families import FAMILIES
from core.recipe.modality import AUTO
from core.run.events import Noticed
from core.run.files import MATCH
from core.run.folder import RunFolder
from core.system.atomic import write_json
from core.training.context import RunContext

_IN_WORDS: Final = {
    "class_token": _("the {first} token"),
    "patch_mean": _("the mean of the {pieces}"),
}


def with_match(run: RunFolder, recipe: Recipe, model: MaskedModel, context: RunContext) -> Recipe:
    """The recipe with `distill.match` set to what the model itself is read by, if it is `auto`.

    It is told, and kept in the run folder: what a run began with it goes on with.
    """
    if recipe.distill.match != AUTO or not (recipe.distill.rounds and recipe.pretrain.steps):
        return recipe
    file = run.path / MATCH
    if file.exists():
        return _with(recipe, str(run.read_json(MATCH)["match"]))
    family = FAMILIES[model.family]
    words = _IN_WORDS[family.reads].format(
        first="class" if recipe.modality.has_equal_lengths else "first",
        pieces=recipe.modality.pieces,
    )
    why = (
        f"Student and teacher are compared by {words} ({family.reads}): the encoder was pretrained "
        f"{family.learned}. Set distill.match to decide otherwise."
    )
    found = {"match": family.reads, "family": family.name, "why": why}
    context.write(partial(write_json, file, found), "what student and teacher are compared by")
    context.report(Noticed(id="match-chosen", text=why))
    return _with(recipe, family.reads)


def _with(recipe: Recipe, match: str) -> Recipe:
    distill = recipe.distill.model_copy(update={"match": match})
    return recipe.model_copy(update={"distill": distill})
