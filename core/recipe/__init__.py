"""The recipe: what was asked, the same for the command line, the window and a cluster."""

from core.recipe.baselines import BaselinesRecipe
from core.recipe.files import dump_recipe, parse_recipe, read_recipe, write_recipe
from core.recipe.presets import PRESETS, preset_recipe, preset_values
from core.recipe.tree import (
    DataRecipe,
    DistillRecipe,
    FinetuneRecipe,
    ModelRecipe,
    PretrainRecipe,
    ProbeRecipe,
    Recipe,
    RuntimeRecipe,
)

__all__ = [
    "PRESETS",
    "BaselinesRecipe",
    "DataRecipe",
    "DistillRecipe",
    "FinetuneRecipe",
    "ModelRecipe",
    "PretrainRecipe",
    "ProbeRecipe",
    "Recipe",
    "RuntimeRecipe",
    "dump_recipe",
    "parse_recipe",
    "preset_recipe",
    "preset_values",
    "read_recipe",
    "write_recipe",
]
