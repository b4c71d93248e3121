"""Defaults of text: only where nothing was asked, and stable through a file."""

from pathlib import Path

import pytest

from core.cli.options_to_recipe import recipe_from_options
from core.errors import RunError
from core.recipe import Recipe, preset_recipe
from core.recipe.files import dump_recipe, parse_recipe, validated_recipe


def test_that_text_has_its_own_defaults() -> None:
    recipe = validated_recipe({"data": {"kind": "text"}, "distill": {"mask_ratio": 0.3}})
    assert recipe.pretrain.mask_ratio == 0.15
    assert recipe.distill.mask_ratio == 0.3
    assert recipe.finetune.lr == 2e-5
    assert Recipe().pretrain.mask_ratio == 0.75
    assert parse_recipe(dump_recipe(recipe)) == recipe


def test_that_presets_differ_for_texts() -> None:
    quick, paper = (preset_recipe(name, "text") for name in ("quick", "paper"))
    assert quick.model.name == paper.model.name == "starter-text"
    assert quick.pretrain.mask_ratio == 0.15
    assert quick.finetune.lr > paper.finetune.lr == 2e-5
    assert preset_recipe("quick").model.name == "starter"


def test_that_all_tokens_of_texts_want_a_live_teacher() -> None:
    values = {"data": {"kind": "text"}, "distill": {"match": "all_tokens"}}
    with pytest.raises(RunError, match="targets live"):
        validated_recipe(values)
    values["distill"]["targets"] = "live"
    assert validated_recipe(values).distill.match == "all_tokens"


def test_that_a_folder_of_texts_decides_for_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("some words")
    asked = {"labeled": None, "model": None, "preset": "quick", "settings": []}
    recipe = recipe_from_options(None, unlabeled=[tmp_path], **asked)
    assert recipe.data.kind == "text"
    assert recipe.pretrain.mask_ratio == 0.15
    assert recipe == with_folder(preset_recipe("quick", "text"), tmp_path)
    named = {**asked, "model": "roberta-base", "settings": ["finetune.lr=3e-5"]}
    other = recipe_from_options(None, unlabeled=[tmp_path], **named)
    assert (other.model.name, other.finetune.lr) == ("roberta-base", 3e-5)
    (tmp_path / "a.txt").rename(tmp_path / "a.png")
    images = recipe_from_options(None, unlabeled=[tmp_path], **asked)
    assert images == with_folder(preset_recipe("quick"), tmp_path)


def with_folder(recipe: Recipe, folder: Path) -> Recipe:
    data = {**recipe.data.model_dump(), "unlabeled": [str(folder)]}
    return Recipe.model_validate({**recipe.model_dump(), "data": data})
