"""What another model would take, scaled from one that was measured; and which to propose."""

import pytest

from core.hub.catalog import CATALOG, entries_of
from core.hub.profiles import PROFILES
from core.images.shape import ImageShape
from core.images.shape import shape_of as image_shape
from core.planning.fit import Room, fit_of
from core.planning.pace import scaled, work_of
from core.planning.recommend import Offer, recommended
from core.planning.shapes import DataSizes, blocks_flop, shapes_of
from core.recipe import Recipe
from core.recipe.modality import modalities
from core.recipe.presets import preset_recipe
from tests.helpers.measured import MEASURED


def recipe_with(name: str, kind: str = "images", **model: object) -> Recipe:
    values = preset_recipe("quick", kind).model_dump(mode="json", exclude_none=True)
    values["model"] = {**values["model"], "name": name, **model}
    return Recipe.model_validate(values)


def test_that_every_model_on_offer_has_a_profile() -> None:
    assert set(PROFILES) == {entry.name for entry in CATALOG}
    titles = [(entry.kind, PROFILES[entry.name].title) for entry in CATALOG]
    assert len(set(titles)) == len(titles)
    for kind in modalities():
        least = [e.name for e in entries_of(kind) if not PROFILES[e.name].strength]
        assert least == [entry.name for entry in entries_of(kind) if not entry.repo]


def test_that_work_is_what_a_hand_counts() -> None:
    shape = ImageShape(parameters=1, embed_dim=2, depth=4, patch=4, input_size=8, has_decoder=False)
    # Four patches and the class token.
    assert shape.forward_flop(recipe_with("starter")) == 4 * (24 * 5 * 4 + 4 * 25 * 2)
    assert blocks_flop(5, 2, 4) == shape.forward_flop(recipe_with("starter"))
    recipe = recipe_with("vit_small_patch14_dinov2.lvd142m")
    whole = shape.forward_flop(recipe)
    # Contrast: two views, forward and backward.
    assert work_of(shape, recipe).pretrain == pytest.approx(2 * whole * 3)
    # Of the last two of four blocks, backward through those.
    recipe = recipe.model_copy(
        update={"pretrain": recipe.pretrain.model_copy(update={"train": "last:2"})}
    )
    found = work_of(shape, recipe)
    assert found.pretrain == pytest.approx(2 * whole * (1 + 2 * 0.5))
    assert found.distill == pytest.approx(found.pretrain + whole * 2)
    assert found.finetune == 3 * whole


@pytest.mark.parametrize("kind", sorted(modalities()))
def test_that_one_model_is_scaled_to_itself_and_larger_ones_take_longer(kind: str) -> None:
    shapes = shapes_of(modalities()[kind])
    starter, *others = entries_of(kind)
    own = (shapes.shape_of(starter), recipe_with(starter.name, kind))
    same = scaled(MEASURED, own, own)
    times = (same.masked_step_s, same.distill_step_s, same.finetune_image_s)
    assert times == pytest.approx((0.4, 0.9, 0.01))
    assert same.warmup_step_s == 0
    for entry in others:
        found = scaled(MEASURED, own, (shapes.shape_of(entry), recipe_with(entry.name, kind)))
        assert found.finetune_image_s > 3 * MEASURED.finetune_image_s


def test_that_images_choose_the_size_only_where_it_saves_much() -> None:
    shape = image_shape(next(e for e in CATALOG if e.name == "vit_small_patch14_dinov2.lvd142m"))
    assert shape.settings_for(DataSizes(128)) == {"image_size": 126}
    assert shape.settings_for(DataSizes(1000)) == {"image_size": None}
    assert shape.settings_for(DataSizes()) == {"image_size": None}


def test_that_a_huge_model_does_not_fit_a_small_machine() -> None:
    """Four images at a time are the least."""
    huge = image_shape(next(e for e in CATALOG if e.name == "facebook/vit-mae-huge"))
    assert fit_of(huge, recipe_with("facebook/vit-mae-huge"), Room(14.6e9, "x")).verdict == (
        "too large"
    )


def offer(name: str, strength: int, seconds: float | None, verdict: str = "fits") -> Offer:
    return Offer(name, strength, verdict, seconds, 1000 * strength)  # type: ignore[arg-type]


def test_that_three_questions_have_their_answers() -> None:
    offers = [
        offer("starter", 0, 600),
        offer("small", 8, 5_000),
        offer("base", 12, 40_000),
        offer("huge", 20, 9e9, "too large"),
    ]
    found = recommended(offers)
    assert (found.fast, found.in_time, found.best) == ("starter", "small", "base")
    assert found.names == ["starter", "small", "base"]
    assert found.why("small") == ("in_time",)
    quick = recommended([offer("starter", 0, 60), offer("base", 12, 900)])
    assert quick.why("base") == ("in_time", "best")
    assert recommended([offer("huge", 20, None, "too large")]).names == []
    # Nothing was measured: what fits as a whole is quick enough.
    unknown = [offer("a", 0, None), offer("b", 5, None), offer("c", 9, None, "in portions")]
    assert recommended(unknown).names == ["a", "b", "c"]
