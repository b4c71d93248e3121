"""Which objective a plan is advised to have, by the name of its model."""

from pathlib import Path

import pytest

from core.planning.pace import objective_of
from core.planning.suited import advice_on_objective
from core.recipe import Recipe, preset_recipe


def plan(model: str, objective: str, kind: str = "images") -> Recipe:
    values = preset_recipe("quick", kind).model_dump(mode="json", exclude_none=True)
    values["model"]["name"] = model
    values["pretrain"]["objective"] = objective
    return Recipe.model_validate(values)


@pytest.mark.parametrize("model", ["starter", "facebook/vit-mae-base"])
def test_that_masked_patches_suit_what_was_trained_on_them(model: str) -> None:
    found = advice_on_objective(plan(model, "masked"))
    assert found.doubt == ""
    assert "fill in hidden patches" in found.words
    assert "suits it best" in found.words


@pytest.mark.parametrize(
    "model", ["vit_small_patch14_dinov2.lvd142m", "vit_base_patch16_clip_224.openai"]
)
def test_that_masked_patches_are_doubted_for_what_was_trained_for_invariance(model: str) -> None:
    found = advice_on_objective(plan(model, "pixels"))
    assert "tends to harm an encoder" in found.doubt
    assert "was trained to overlook" in found.doubt


def test_that_a_folder_is_told_by_its_name(tmp_path: Path) -> None:
    found = advice_on_objective(plan(str(tmp_path / "dinov2-small-112"), "masked"))
    assert found.doubt


def test_that_what_somebody_saw_in_a_model_counts_more_than_its_name(tmp_path: Path) -> None:
    ours = plan(str(tmp_path / "our-model"), "masked")
    assert not advice_on_objective(ours).doubt
    found = advice_on_objective(ours, "dino")
    assert "Set pretrain.objective to contrastive or auto" in found.doubt
    assert objective_of(plan(str(tmp_path / "our-model"), "auto"), "dino").name == "contrastive"


def test_that_auto_says_what_it_takes() -> None:
    found = advice_on_objective(plan("starter", "auto"))
    assert "(objective: masked)" in found.words
    texts = advice_on_objective(plan("starter-text", "auto", "text"))
    assert "fill in hidden words" in texts.words
