"""The demo on handwritten digits: what is labeled, what is for testing, and at which size."""

from pathlib import Path

import pytest
from PIL import Image

from core.demo.demo import write_demo
from core.demo.digits import LABELED_PER_CLASS, VALIDATION_PER_CLASS
from core.recipe import Recipe
from core.run.plan import USUAL_COSTS, StagePlan, plan_stages

_PARTS = ("unlabeled", "labeled/train", "labeled/val", "labeled/test")


def planned(recipe: Recipe) -> list[StagePlan]:
    return plan_stages(recipe, USUAL_COSTS, decoder_is_fresh=True, can_finetune=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recipe, Path]:
    folder = tmp_path_factory.mktemp("demo")
    recipe, said = write_demo(folder)
    assert "1,797" in said
    return recipe, folder / "digits"


def test_that_digits_reach_the_model_as_large_as_they_are_written(demo) -> None:
    recipe, digits = demo
    with Image.open(next((digits / "unlabeled").iterdir())) as image:
        assert image.size == (recipe.model.image_size,) * 2


def test_that_no_digit_of_the_test_part_is_trained_on(demo) -> None:
    _, digits = demo
    parts = [{file.name for file in (digits / part).rglob("*.png")} for part in _PARTS]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 1797
    for digit in range(10):
        labeled = list((digits / "labeled" / "train" / str(digit)).iterdir())
        assert len(labeled) == LABELED_PER_CLASS
        val = list((digits / "labeled" / "val" / str(digit)).iterdir())
        assert len(val) == VALIDATION_PER_CLASS


def test_that_three_seeds_of_every_arm_are_planned(demo) -> None:
    recipe, _ = demo
    tunings = [stage for stage in planned(recipe) if stage.kind == "finetune"]
    assert [(each.arm, each.seed_index) for each in tunings] == [
        (arm, seed) for arm in recipe.finetune.arms for seed in range(3)
    ]
