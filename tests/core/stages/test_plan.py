"""Which stages a run has."""

import pytest

from core.recipe import Recipe
from core.stages.plan import Costs, arms_of, later_work, plan_stages

COSTS = Costs(visible=0.25, decoder=0.1)


def names(recipe: Recipe, *, fresh: bool = False, labels: bool = True) -> list[str]:
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=fresh, can_finetune=labels)
    return [stage.name for stage in stages]


def test_that_the_stages_come_in_the_order_of_the_method() -> None:
    recipe = Recipe.model_validate({"distill": {"rounds": 2}, "finetune": {"num_seeds": 2}})
    assert names(recipe, fresh=True) == [
        "01-decoder-warmup",
        "02-further-pretrain",
        "03-self-distill-round-1",
        "04-self-distill-round-2",
        "05-finetune-base-seed-0",
        "06-finetune-base-seed-1",
        "07-finetune-further-seed-0",
        "08-finetune-further-seed-1",
        "09-finetune-distilled-seed-0",
        "10-finetune-distilled-seed-1",
    ]


def test_that_a_model_with_a_decoder_needs_no_warmup() -> None:
    assert names(Recipe())[0] == "01-further-pretrain"


def test_that_no_warmup_steps_mean_no_warmup() -> None:
    recipe = Recipe.model_validate({"model": {"decoder_warmup_steps": 0}})
    assert names(recipe, fresh=True)[0] == "01-further-pretrain"


def test_that_without_labels_nothing_is_finetuned() -> None:
    assert names(Recipe(), labels=False) == ["01-further-pretrain", "02-self-distill-round-1"]


def test_that_without_pretraining_only_the_base_is_finetuned() -> None:
    recipe = Recipe.model_validate({"pretrain": {"steps": 0}, "distill": {"rounds": 0}})
    assert names(recipe, fresh=True) == ["01-finetune-base-seed-0"]
    assert arms_of(recipe) == ["base"]


def test_that_arms_are_those_asked_for_that_the_run_makes() -> None:
    recipe = Recipe.model_validate(
        {"distill": {"rounds": 0}, "finetune": {"arms": ["distilled", "further"]}}
    )
    assert arms_of(recipe) == ["further"]


def test_that_later_work_is_that_of_all_stages_after() -> None:
    stages = plan_stages(Recipe(), COSTS, decoder_is_fresh=False, can_finetune=True)
    assert later_work(stages, stages[-1].name) == 0
    assert later_work(stages, stages[0].name) == pytest.approx(
        sum(stage.work for stage in stages[1:])
    )
    assert all(stage.work > 0 for stage in stages)


def test_that_a_live_teacher_is_more_work() -> None:
    live = Recipe.model_validate({"distill": {"targets": "live"}})
    work = [
        plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=False)[1].work
        for recipe in (Recipe(), live)
    ]
    assert work[1] == pytest.approx(work[0] + 20_000 * 64)
