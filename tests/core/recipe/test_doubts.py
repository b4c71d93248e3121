"""Plans that mean nothing are said to."""

import pytest

from core.recipe import Recipe, preset_recipe
from core.recipe.doubts import doubts_about, what_a_task_lacks
from core.recipe.tasks import MULTI, SINGLE, TASKS


def planned(**steps: int) -> Recipe:
    recipe = preset_recipe("quick")
    changes = {
        name: getattr(recipe, name).model_copy(update={"steps": number, "warmup_steps": 0})
        for name, number in steps.items()
    }
    return recipe.model_copy(update=changes)


@pytest.mark.parametrize("preset", ["quick", "balanced", "paper"])
def test_that_presets_on_usual_data_raise_no_doubt(preset: str) -> None:
    assert doubts_about(preset_recipe(preset), 5_000, 2_000) == ()


def test_that_too_few_steps_are_said() -> None:
    pretraining, finetuning = doubts_about(planned(pretrain=20, finetune=20), 2_000, 2_000)
    assert pretraining.startswith("Further pre-training has only 20 steps")
    assert "20 steps, less than once through your labeled images" in finetuning


def test_that_too_many_passes_are_said() -> None:
    (said,) = doubts_about(planned(finetune=132_423), 5_000, 2_091)
    assert said.startswith("Fine-tuning goes through your labeled images 2,0")


def test_that_stages_that_nothing_needs_raise_none() -> None:
    recipe = planned(pretrain=20)
    base = recipe.model_copy(
        update={"finetune": recipe.finetune.model_copy(update={"arms": ("base",)})}
    )
    assert doubts_about(base, 5_000, 2_000) == ()


def test_that_an_early_end_without_probes_on_the_way_is_doubted() -> None:
    recipe = preset_recipe("quick")
    blind = recipe.model_copy(update={"probe": recipe.probe.model_copy(update={"every": 0})})
    (said,) = doubts_about(blind, 5_000, 2_000)
    assert "stop_early can't act: probe.every is 0" in said


def test_that_what_a_task_lacks_is_said_before_anything_trains() -> None:
    recipe = Recipe.model_validate({"race": {"minutes": 5}, "data": {"labels_per_class": 5}})
    assert what_a_task_lacks(recipe, TASKS[SINGLE]) == []
    race, few = doubts_about(recipe, 0, 0, TASKS[MULTI])
    assert race.startswith("A race (race.minutes")
    assert few.startswith("Data.labels_per_class counts one class")
    assert doubts_about(recipe, 0, 0) == ()


def test_that_a_decay_that_takes_all_of_every_weight_is_said() -> None:
    recipe = Recipe.model_validate(
        {
            "pretrain": {"lr": 0.01, "weight_decay": 100.0},
            "finetune": {"lr": 1e-4, "search": True, "weight_decay": 1e3},
        }
    )
    said = [each for each in doubts_about(recipe, 500, 500) if "weight_decay" in each]
    assert [each.partition(".")[0] for each in said] == ["pretrain", "finetune"]
    assert "set it below 100;" in said[0]
    assert "set it below 1000;" in said[1]
