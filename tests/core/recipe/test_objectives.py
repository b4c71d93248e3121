"""Which objectives there are, for whom, and what a recipe may ask for."""

import pytest

from core.errors import RunError
from core.recipe import Recipe
from core.recipe.families import FAMILIES, image_family
from core.recipe.files import validated_recipe
from core.recipe.modality import modalities
from core.recipe.objectives import (
    OBJECTIVES,
    doubt_about_objective,
    objective_named,
    objectives_of,
    suited,
)


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (("vit_small_patch14_dinov2", "/home/mae/small"), "dino"),
        (("vit_base_patch16_224", "vit_base_patch16_224.mae"), "mae"),
        (("vit_base_patch16_224", "timm/vit_base_patch16_clip_224.openai"), "clip"),
        (("vit_tiny_patch16_224", "vit_tiny_patch16_224.augreg_in21k_ft_in1k"), "supervised"),
        (("deit3_small_patch16_224",), "supervised"),
        (("vit_base_patch16_siglip_224",), "clip"),
        # Hidden patches of which what CLIP sees is filled in, no labels; those came later, if ever.
        (("eva02_small_patch14_224", "eva02_small_patch14_224.mim_in22k"), "masked-features"),
        (("eva02_small_patch14_336.mim_in22k_ft_in1k",), "supervised"),
        (("eva02_base_patch16_clip_224.merged2b",), "clip"),
        (("vit_pe_core_small_patch16_384.fb",), "clip"),
        # What else is in a path is where somebody keeps files, not what they are.
        (("vit_small_patch16_224", "/data/dino-project/models/ours"), "unknown"),
        (("vit_small_patch16_224", "/data/models/mae-small/model.safetensors"), "mae"),
        (("vit_huge_patch14_gap_224", "vit_huge_patch14_gap_224.in1k_ijepa"), "unknown"),
    ],
)
def test_that_a_family_is_told_by_names(names: tuple[str, ...], family: str) -> None:
    assert image_family(*names) == family


def test_that_every_family_has_an_objective_in_every_modality() -> None:
    for family in FAMILIES:
        for modality in modalities():
            choice = suited(family, modality)
            assert choice.objective.is_of(modality)
            assert choice.why
    for objective in OBJECTIVES.values():
        assert objective.suits <= FAMILIES.keys()
        assert objective.harms <= FAMILIES.keys()
        assert not objective.suits & objective.harms


def test_that_encoders_trained_for_invariance_learn_from_views_and_others_from_what_is_hidden() -> (
    None
):
    found = {family: suited(family, "images").objective.name for family in FAMILIES}
    assert found["dino"] == found["clip"] == "contrastive"
    assert found["mae"] == found["unknown"] == found["masked-features"] == "masked"
    assert all(suited(family, "text").objective.name == "masked" for family in ("clip", "dino"))


def test_that_the_masked_objective_goes_by_the_names_of_both_modalities() -> None:
    assert objective_named("pixels") is objective_named("mlm") is OBJECTIVES["masked"]
    assert objective_named("auto") is None
    assert Recipe.model_validate({"pretrain": {"objective": "pixels"}}).pretrain.objective
    assert "mlm" in objectives_of("text")
    assert "pixels" not in objectives_of("text")


def test_that_an_objective_that_a_modality_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(RunError) as refused:
        validated_recipe({"pretrain": {"objective": "mlm"}})
    assert "with images there is no objective mlm" in refused.value.what
    assert ", ".join(objectives_of("images")) in refused.value.what


def test_that_masked_pixels_on_an_encoder_trained_for_invariance_are_doubted() -> None:
    masked = OBJECTIVES["masked"]
    assert "tends to harm" in doubt_about_objective(masked, "dino", "images")
    assert not doubt_about_objective(masked, "mae", "images")
