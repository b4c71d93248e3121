"""A recipe as a command: what the command asks for is the recipe again."""

import shlex
from pathlib import Path

import pytest

from core.cli.commands_compare import named_arms
from core.cli.options_to_recipe import recipe_from_options
from core.planning.comparison import compared_recipe
from core.recipe import PRESETS, Recipe, preset_recipe
from core.recipe.command import as_command, as_compare_command, preset_of


def asked_by(command: list[str]) -> Recipe:
    """The recipe that the command line makes of a command."""
    words = iter(shlex.split(shlex.join(command))[2:])
    options: dict[str, list[str]] = {}
    for name in words:
        options.setdefault(name, []).append(next(words))
    return recipe_from_options(
        None,
        unlabeled=[Path(path) for path in options.get("--unlabeled", [])],
        labeled=Path(options["--labeled"][0]) if "--labeled" in options else None,
        model=options["--model"][0],
        preset=options["--preset"][0],
        settings=options.get("--set", []),
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_that_a_command_asks_for_the_same_recipe(preset: str) -> None:
    values = preset_recipe(preset).model_dump(mode="json", exclude_none=True)
    values["data"] |= {"unlabeled": ["/data/my images", "/more"], "labeled": "/data/l'abels"}
    values["pretrain"] |= {"lr": 3e-5, "flips": True}
    values["finetune"] |= {"arms": ["base", "distilled"], "balance": "weights"}
    values["model"] |= {"name": "facebook/vit-mae-base", "image_size": 96}
    values["seed"] = 7
    recipe = Recipe.model_validate(values)
    command = as_command(recipe, "/runs/one", 2)
    assert command[-4:] == ["--processes", "2", "--out", "/runs/one"]
    assert asked_by(command[:-4]) == recipe


@pytest.mark.parametrize(
    ("arms", "devices"),
    [(["base", "further", "distilled"], ["cpu", "cuda:1"]), (["base", "mars"], [])],
)
def test_that_a_compare_command_asks_for_the_same_comparison(
    arms: list[str], devices: list[str]
) -> None:
    values = preset_recipe("quick").model_dump(mode="json", exclude_none=True)
    values["data"] |= {"labeled": "/data/labels"}
    values["baselines"]["mars_gamma"] = 3.0
    recipe = compared_recipe(Recipe.model_validate(values), arms, 5, devices)
    command = as_compare_command(recipe, "/runs/two")
    assert command[:2] == ["redistill", "compare"]
    assert command[-2:] == ["--out", "/runs/two"]
    at = command.index("--arms")
    options = dict(zip(command[at::2], command[at + 1 :: 2], strict=True))
    base = asked_by(command[:at])
    named = options["--devices"].split(",") if "--devices" in options else None
    asked = compared_recipe(base, named_arms(options["--arms"]), int(options["--seeds"]), named)
    assert asked == recipe


@pytest.mark.parametrize("preset", PRESETS)
def test_that_a_command_for_texts_asks_for_the_same_recipe(preset: str) -> None:
    recipe = preset_recipe(preset, "text")
    assert preset_of(recipe) == preset
    command = as_command(recipe)
    assert asked_by(command) == recipe
    assert command[command.index("--set") :] == ["--set", 'data.kind="text"']


@pytest.mark.parametrize("preset", PRESETS)
def test_that_a_preset_is_known_again_whatever_the_data(preset: str) -> None:
    values = preset_recipe(preset).model_dump(mode="json", exclude_none=True)
    values["data"]["labeled"] = "/x"
    values["runtime"]["threads"] = 2
    assert preset_of(Recipe.model_validate(values)) == preset
    values["pretrain"]["steps"] = 77
    assert preset_of(Recipe.model_validate(values)) is None
