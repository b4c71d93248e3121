"""The estimate of memory counts what a training step really keeps."""

import pytest
import torch

from core.hub.catalog import entries_of
from core.images.model.sources import load_model
from core.images.shape import shape_of
from core.models.trained_part import train_part
from core.planning import fit
from core.planning.fit import Room, fit_of, room_here
from core.planning.shapes import DataSizes, share_kept
from core.recipe import Recipe
from core.recipe.presets import preset_recipe
from core.recipe.trained import trained_part
from core.training.optim import trainable

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
    found = fit_of(shape_of(base), preset_recipe("quick"), Room(free, "memory"))
    assert found.verdict == verdict


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


def test_that_only_nvidias_driver_is_asked_about_its_own_devices(monkeypatch):
    asked = []

    def room(index):
        asked.append(index)
        return Room(1e9, f"GPU {index}")

    monkeypatch.setattr(fit, "_nvidia_room", room)
    assert room_here("auto").where == room_here("cuda").where == "GPU 0"
    assert room_here("cuda:2").where == room_here("auto", "cuda:2").where == "GPU 2"
    assert asked == [0, 0, 2, 2]
    for device in ("cpu", "mps", "xpu", "xpu:1"):
        assert room_here(device).where == room_here("auto", device).where == "main memory"
    assert asked == [0, 0, 2, 2]


def test_that_moments_in_bfloat16_need_four_bytes_less_for_each_weight():
    shape, room, recipe = shape_of(STARTER), Room(1e12, "memory"), preset_recipe("quick")
    runtime = recipe.runtime.model_copy(update={"moments": "bfloat16"})
    low = recipe.model_copy(update={"runtime": runtime})
    saved = fit_of(shape, recipe, room).needed - fit_of(shape, low, room).needed
    assert saved == 4 * shape.all_parameters(recipe)


def with_part(part: str, **finetune: int) -> Recipe:
    return Recipe.model_validate(
        {"pretrain": {"train": part}, "finetune": {"steps": 0, "warmup_steps": 0, **finetune}}
    )


@pytest.mark.parametrize("part", ["all", "last:2", "lora:8"])
def test_that_only_what_is_trained_has_gradients_and_moments(part):
    model = load_model("random:vit_tiny_patch16_224", image_size=32).model
    entry = next(each for each in IMAGE_MODELS if "vit_tiny" in each.name)
    train_part(model, trained_part(part), seed=0)
    trained = sum(value.numel() for value in trainable(model).values())
    assert shape_of(entry).trained_parameters(with_part(part)) == pytest.approx(trained, rel=0.03)


def test_that_parts_need_less_unless_fine_tuning_needs_all():
    room = Room(1e12, "memory")
    entry = next(each for each in IMAGE_MODELS if "vit_base_patch14_dinov2" in each.name)
    needed = {
        part: fit_of(shape_of(entry), with_part(part), room).needed
        for part in ("all", "last:2", "lora:8")
    }
    assert needed["last:2"] < needed["lora:8"] < needed["all"]
    tuned = fit_of(shape_of(entry), with_part("last:2", steps=10, batch_size=64), room).needed
    assert tuned > needed["last:2"]


def test_that_what_is_kept_ends_where_training_begins():
    batch = 4
    pixels = torch.zeros(batch, 3, 64, 64, dtype=torch.uint8)
    kept = {}
    for part in ("all", "last:2"):
        model = load_model("random:starter").model
        train_part(model, trained_part(part), seed=0)
        kept[part] = kept_numbers(model, lambda m=model: m.represent({"pixels": pixels}))
    shape = shape_of(STARTER)
    expected = share_kept(trained_part("last:2"), shape.depth)
    assert kept["last:2"] / kept["all"] == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(
    ("part", "words"), [("last:99", "has 6 blocks"), ("lora:192", "is 192 wide")]
)
def test_that_a_part_that_a_model_does_not_have_is_a_misfit(part, words):
    assert words in shape_of(STARTER).misfit(with_part(part))
    assert shape_of(STARTER).misfit(with_part("last:6")) == ""


@pytest.mark.parametrize(
    ("name", "side", "size"),
    [
        ("vit_small_patch14_dinov2.lvd142m", 110, 112),
        ("vit_small_patch14_dinov2.lvd142m", 2000, 518),  # at most its own
        ("vit_small_patch14_dinov2.lvd142m", 28, 112),  # eight patches across at least
        ("facebook/vit-mae-base", 100, 128),
        ("starter", 8, 64),
    ],
)
def test_that_the_input_size_for_images_follows_their_own(name, side, size):
    shape = shape_of(next(each for each in IMAGE_MODELS if each.name == name))
    assert shape.size_for(side) == size
    assert size % shape.patch == 0


def test_that_a_large_input_size_says_what_it_costs():
    name = "vit_small_patch14_dinov2.lvd142m"
    shape = shape_of(next(each for each in IMAGE_MODELS if each.name == name))
    recipe, sizes = preset_recipe("quick", "images"), DataSizes(side=110)
    words = shape.sizes_in_words(recipe, sizes)
    assert "At 112 px, near their own size, there would be 21.4 times fewer patches" in words
    assert "positions are interpolated" in words
    model = recipe.model.model_copy(update={"image_size": 112})
    fitting = recipe.model_copy(update={"model": model})
    assert "times fewer" not in shape.sizes_in_words(fitting, sizes)
