"""The recipe: what was asked, the same for the command line, the window and a cluster."""

from core.recipe.baselines import BaselinesRecipe
from core.recipe.examples import DataRecipe, ModelRecipe
from core.recipe.files import dump_recipe, parse_recipe, read_recipe, write_recipe
from core.recipe.finetuning import FinetuneRecipe
from core.recipe.modality import AUTO, Modality, modalities, modality_named
from core.recipe.objective_settings import ObjectivesRecipe
from core.recipe.presets import PRESETS, preset_recipe, preset_values
from core.recipe.pretraining import DistillRecipe, PretrainRecipe, ProbeRecipe
from core.recipe.racing import RaceRecipe
from core.recipe.runtime import RuntimeRecipe
from core.recipe.tree import Recipe

__all__ = [
    "AUTO",
    "PRESETS",
    "BaselinesRecipe",
    "DataRecipe",
    "DistillRecipe",
    "FinetuneRecipe",
    "Modality",
    "ModelRecipe",
    "ObjectivesRecipe",
    "PretrainRecipe",
    "ProbeRecipe",
    "RaceRecipe",
    "Recipe",
    "RuntimeRecipe",
    "dump_recipe",
    "modalities",
    "modality_named",
    "parse_recipe",
    "preset_recipe",
    "preset_values",
    "read_recipe",
    "write_recipe",
]
