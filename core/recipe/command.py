"""A recipe as the command line that asks for the same."""

from collections.abc import Container
from typing import Any

import tomli_w

from core.recipe.presets import PRESETS, preset_recipe
from core.recipe.tree import Recipe

_OWN_OPTIONS = {("data", "unlabeled"), ("data", "labeled"), ("model", "name")}
_COMPARE_OPTIONS = {
    *(("finetune", "arms"), ("finetune", "num_seeds"), ("finetune", "order")),
    ("runtime", "devices"),
}


def as_command(recipe: Recipe, out: str | None = None, processes: int = 1) -> list[str]:
    """`redistill run …` with the preset that leaves the fewest settings to write.

    Args:
        recipe: What is asked.
        out: The run folder to make.
        processes: How many processes train.
    """
    command = ["redistill", "run", *_options(recipe)]
    if processes > 1:
        command += ["--processes", str(processes)]
    return [*command, "--out", out] if out else command


def as_compare_command(recipe: Recipe, out: str | None = None) -> list[str]:
    """`redistill compare …` for the recipe of a comparison; with more seeds it goes on.

    Args:
        recipe: What is asked.
        out: The run folder to make or to go on with.
    """
    finetune, devices = recipe.finetune, recipe.runtime.devices
    command = ["redistill", "compare", *_options(recipe, _COMPARE_OPTIONS)]
    command += ["--arms", ",".join(finetune.arms), "--seeds", str(finetune.num_seeds)]
    if devices:
        command += ["--devices", ",".join(devices)]
    return [*command, "--out", out] if out else command


def _options(recipe: Recipe, without: Container[tuple[str, ...]] = ()) -> list[str]:
    """Data, model, preset and every setting that differs from it."""
    preset = nearest_preset(recipe)
    command = []
    for folder in recipe.data.unlabeled:
        command += ["--unlabeled", folder]
    if recipe.data.labeled:
        command += ["--labeled", recipe.data.labeled]
    command += ["--model", recipe.model.name, "--preset", preset]
    different = differences(recipe, preset_recipe(preset, recipe.data.kind))
    if recipe.data.kind != "auto":
        different["data", "kind"] = recipe.data.kind
    for key, value in different.items():
        if key not in without:
            command += ["--set", f"{'.'.join(key)}={_toml(value)}"]
    return command


def nearest_preset(recipe: Recipe) -> str:
    """The preset with the fewest other values; the first of equals."""
    kind = recipe.data.kind
    return min(PRESETS, key=lambda name: len(differences(recipe, preset_recipe(name, kind))))


def preset_of(recipe: Recipe) -> str | None:
    """The preset whose method this is; None if the method was changed.

    Data, model, seed and machine are no part of a preset.
    """
    for name in PRESETS:
        different = differences(recipe, preset_recipe(name, recipe.data.kind))
        free = {"data", "runtime", "seed"}
        if all(key[0] in free or key == ("model", "image_size") for key in different):
            return name
    return None


def differences(recipe: Recipe, other: Recipe) -> dict[tuple[str, ...], Any]:
    """Settings of `recipe` that differ from `other`'s; not those that have options of their own."""
    found: dict[tuple[str, ...], Any] = {}
    mine, theirs = recipe.model_dump(mode="json"), other.model_dump(mode="json")
    for section, value in mine.items():
        if not isinstance(value, dict):
            if value != theirs[section]:
                found[section,] = value
            continue
        for key, inner in value.items():
            differs = inner != theirs[section][key]
            if differs and inner is not None and (section, key) not in _OWN_OPTIONS:
                found[section, key] = inner
    return found


def _toml(value: Any) -> str:
    return tomli_w.dumps({"v": value}).partition("=")[2].strip().replace("\n", "")
