"""The estimate of memory counts what a training step really keeps."""

import pytest
import torch

from core.hub.catalog import entries_of
from core.images.model.sources import load_model
from core.images.shape import shape_of
from core.planning.fit import Room, fit_of, room_here
from core.recipe import Recipe
from core.recipe.presets import preset_recipe

IMAGE_MODELS = entries_of("images")
STARTER, *OTHERS = IMAGE_MODELS


def kept_numbers(model, compute) -> int:
    """Numbers that the backward pass needs beside the parameters."""
    parameters = {part.data_ptr() for part in model.parameters()}
    found = {}

    def pack(tensor):
        if tensor.data_ptr() not in parameters:
            storage = tensor.untyped_storage()
            found[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        kept = compute()
    del kept
    return sum(found.values()) // 4


def test_that_the_estimate_is_near_what_the_starter_keeps():
    batch = 8
    model = load_model("random:starter").model
    pixels = torch.zeros(batch, 3, 64, 64, dtype=torch.uint8)
    noise = model.mask_noise(batch, torch.Generator().manual_seed(0))
    kept = kept_numbers(model, lambda: model.masked_loss({"pixels": pixels}, noise))
    kept += kept_numbers(model, lambda: model.represent({"pixels": pixels}))
    recipe = Recipe.model_validate(
        {"pretrain": {"batch_size": batch}, "distill": {"batch_size": batch}}
        | {"finetune": {"steps": 0}}
    )
    room = Room(1e12, "memory")
    one = Recipe.model_validate({**recipe.model_dump(), "runtime": {"micro_batch_size": 1}})
    per_image = (
        fit_of(shape_of(STARTER), recipe, room).needed - fit_of(shape_of(STARTER), one, room).needed
    ) / (batch - 1)
    assert per_image / 4 == pytest.approx(kept / batch, rel=0.25)


def test_that_an_objective_of_views_keeps_each_of_them():
    batch = 8
    model = load_model("random:starter").model
    pixels = torch.zeros(batch, 3, 64, 64, dtype=torch.uint8)
    kept = 2 * kept_numbers(model, lambda: model.represent({"pixels": pixels}, "patch_mean"))
    recipe = Recipe.model_validate(
        {"pretrain": {"objective": "contrastive"}, "distill": {"rounds": 0}}
    )
    assert shape_of(STARTER).numbers_kept(recipe) == pytest.approx(kept / batch, rel=0.25)


@pytest.mark.parametrize(
    ("free", "verdict"), [(1e12, "fits"), (6e9, "in portions"), (1e9, "too large")]
)
def test_that_the_verdict_follows_from_the_room(free, verdict):
    base = next(entry for entry in IMAGE_MODELS if entry.name == "facebook/vit-mae-base")
    fit = fit_of(shape_of(base), preset_recipe("quick"), Room(free, "memory"))
    assert fit.verdict == verdict


def test_that_larger_models_need_more():
    recipe, room = preset_recipe("quick"), Room(1e12, "memory")
    names = ["starter", "facebook/vit-mae-base", "facebook/vit-mae-large", "facebook/vit-mae-huge"]
    shapes = {entry.name: shape_of(entry) for entry in IMAGE_MODELS}
    needed = [fit_of(shapes[name], recipe, room).needed for name in names]
    assert needed == sorted(needed)
    assert shapes["vit_base_patch14_dinov2.lvd142m"].num_tokens(None) == 37**2 + 1


def test_that_a_cpu_has_the_free_memory_of_the_machine():
    room = room_here("cpu")
    assert room.where == "main memory"
    assert room.free > 0


def test_that_moments_in_bfloat16_need_four_bytes_less_for_each_weight():
    shape, room, recipe = shape_of(STARTER), Room(1e12, "memory"), preset_recipe("quick")
    runtime = recipe.runtime.model_copy(update={"moments": "bfloat16"})
    low = recipe.model_copy(update={"runtime": runtime})
    saved = fit_of(shape, recipe, room).needed - fit_of(shape, low, room).needed
    assert saved == 4 * shape.all_parameters(recipe)
