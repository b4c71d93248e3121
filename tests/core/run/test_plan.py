"""Which stages a run has."""

import pytest

from core.planning.estimate import estimate_run
from core.recipe import Recipe
from core.recipe.presets import preset_recipe
from core.run.plan import Costs, later_work, plan_stages, repeat_of, stage_behind
from core.run.possible import arms_of, missing_for
from tests.helpers.measured import MEASURED

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


def test_that_repeated_pretrainings_leave_the_first_as_it_was() -> None:
    values = {"pretrain": {"num_seeds": 2}, "finetune": {"num_seeds": 3, "arms": ["further"]}}
    recipe = Recipe.model_validate(values)
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)
    assert [stage.name for stage in stages[:4]] == [
        "01-further-pretrain",
        "02-self-distill-round-1",
        "03-further-pretrain-repeat-2",
        "04-self-distill-repeat-2-round-1",
    ]
    assert [stage.work for stage in stages[:2]] == [stage.work for stage in stages[2:4]]
    # Fine-tunings take turns on them.
    behind = [stage_behind("distilled", stages, repeat_of(seed, recipe)) for seed in range(3)]
    assert [stage and stage.name for stage in behind] == [
        "02-self-distill-round-1",
        "04-self-distill-repeat-2-round-1",
        "02-self-distill-round-1",
    ]


def test_that_ablations_are_repeated_too() -> None:
    arms = ["distill-only", "longer-further"]
    values = {"pretrain": {"num_seeds": 2}, "finetune": {"num_seeds": 2, "arms": arms}}
    assert names(Recipe.model_validate(values))[4:8] == [
        "05-self-distill-distill-only-round-1",
        "06-self-distill-distill-only-repeat-2-round-1",
        "07-further-pretrain-longer-further",
        "08-further-pretrain-longer-further-repeat-2",
    ]


def test_that_there_are_no_more_pretrainings_than_fine_tunings() -> None:
    with pytest.raises(ValueError, match=r"set finetune\.num_seeds to 2 or more"):
        Recipe.model_validate({"pretrain": {"num_seeds": 2}})


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


def test_that_fine_tunings_on_several_devices_are_waited_for_together() -> None:
    recipe = Recipe.model_validate({"finetune": {"num_seeds": 4, "arms": ["base", "further"]}})
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)
    tuned = stages[-1].work
    further, first = stages[0], stages[2]
    before = later_work(stages, further.name)
    assert later_work(stages, further.name, 2) == pytest.approx(before - 8 * tuned / 2)
    # Of the seven others one is at work on the other device; six are left to two.
    assert later_work(stages, first.name, 2) == pytest.approx(6 * tuned / 2)
    assert later_work(stages, stages[-1].name, 2) == 0


def test_that_a_live_teacher_is_more_work() -> None:
    live = Recipe.model_validate({"distill": {"targets": "live"}})
    work = [
        plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=False)[1].work
        for recipe in (Recipe(), live)
    ]
    assert work[1] == pytest.approx(work[0] + 20_000 * 64)


def test_that_fine_tunings_can_go_seed_by_seed() -> None:
    finetune = {"arms": ["base", "mars"], "num_seeds": 2, "order": "seeds"}
    recipe = Recipe.model_validate(
        {"pretrain": {"steps": 0}, "distill": {"rounds": 0}, "finetune": finetune}
    )
    assert names(recipe) == [
        "01-finetune-base-seed-0",
        "02-finetune-mars-seed-0",
        "03-finetune-base-seed-1",
        "04-finetune-mars-seed-1",
    ]


def test_that_longer_further_costs_what_self_distillation_costs() -> None:
    finetune = {"arms": ["base", "distilled", "longer-further", "distill-only"]}
    recipe = Recipe.model_validate({"distill": {"rounds": 2}, "finetune": finetune})
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)
    work = {stage.name.partition("-")[2]: stage.work for stage in stages}
    distilled = sum(
        work[name] for name in ("further-pretrain", "self-distill-round-1", "self-distill-round-2")
    )
    assert work["further-pretrain-longer-further"] == pytest.approx(distilled, rel=1e-4)
    assert work["self-distill-distill-only-round-1"] == pytest.approx(3 * 20_000 * 64)


def test_that_each_arm_starts_from_its_own_last_stage() -> None:
    arms = ["base", "further", "distilled", "l2sp", "distill-only", "longer-further"]
    recipe = Recipe.model_validate({"distill": {"rounds": 2}, "finetune": {"arms": arms}})
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=True, can_finetune=True)
    behind = {arm: stage_behind(arm, stages) for arm in arms}
    assert {arm: stage.name if stage else None for arm, stage in behind.items()} == {
        "base": None,
        "further": "02-further-pretrain",
        "distilled": "04-self-distill-round-2",
        "l2sp": None,
        "distill-only": "06-self-distill-distill-only-round-2",
        "longer-further": "07-further-pretrain-longer-further",
    }


def test_that_an_initial_teacher_needs_no_further_pretraining_unless_it_is_compared() -> None:
    values = {"distill": {"teacher": "initial"}, "finetune": {"num_seeds": 1}}
    recipe = Recipe.model_validate(values)
    assert names(recipe)[:2] == ["01-further-pretrain", "02-self-distill-round-1"]
    values["finetune"] |= {"arms": ["base", "distilled", "longer-further"]}
    recipe = Recipe.model_validate(values)
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)
    assert [stage.name for stage in stages[:2]] == [
        "01-self-distill-round-1",
        "02-further-pretrain-longer-further",
    ]
    # Which is as long as all that the student comes from, and no longer.
    assert stages[1].work == pytest.approx(stages[0].work, rel=1e-4)
    assert arms_of(recipe) == ["base", "distilled", "longer-further"]
    assert "finetune.arms has no further" in missing_for("probe-further", recipe)
    assert not missing_for("further", recipe)
    assert "says nothing" in missing_for("distill-only", recipe)


def test_that_ablations_that_an_initial_teacher_makes_void_are_refused() -> None:
    values = {"distill": {"teacher": "initial"}, "finetune": {"arms": ["base", "distill-only"]}}
    with pytest.raises(ValueError, match=r"distill-only says nothing beside distill\.teacher"):
        Recipe.model_validate(values)


def test_that_an_objective_has_its_work_and_a_decoder_only_where_it_needs_one() -> None:
    for objective in ("masked", "pixels", "auto"):
        recipe = Recipe.model_validate({"pretrain": {"objective": objective}})
        assert names(recipe, fresh=True)[0] == "01-decoder-warmup", objective
    for objective, passes in (("instance", 3), ("contrastive", 6)):
        recipe = Recipe.model_validate({"pretrain": {"objective": objective}})
        stages = plan_stages(recipe, COSTS, decoder_is_fresh=True, can_finetune=False)
        assert [stage.kind for stage in stages] == ["further-pretrain", "self-distill"]
        assert [stage.work for stage in stages] == [
            20_000 * 64 * passes,
            20_000 * 64 * (passes + 3),
        ]


def test_that_a_decoder_of_features_is_warmed_up_and_its_teacher_is_work() -> None:
    recipe = Recipe.model_validate({"pretrain": {"objective": "features"}})
    assert names(recipe)[:2] == ["01-decoder-warmup", "02-further-pretrain"]
    work = [
        plan_stages(each, COSTS, decoder_is_fresh=True, can_finetune=False)[1].work
        for each in (Recipe(), recipe)
    ]
    assert work[1] == pytest.approx(work[0] + 20_000 * 64)


@pytest.mark.parametrize("kind", ["images", "text"])
def test_that_quick_plans_three_fine_tunings_of_each_arm_and_its_estimate_counts_them(
    kind: str,
) -> None:
    recipe = preset_recipe("quick", kind)
    tunings = [name for name in names(recipe) if "-finetune-" in name]
    assert len(tunings) == 3 * len(recipe.finetune.arms)
    assert {name.rpartition("-")[2] for name in tunings} == {"0", "1", "2"}
    once = recipe.finetune.model_copy(update={"num_seeds": 1})
    all_of, one = (
        estimate_run(MEASURED, each, 100, 40).seconds
        for each in (recipe, recipe.model_copy(update={"finetune": once}))
    )
    alone = recipe.finetune.steps * recipe.finetune.batch_size * MEASURED.finetune_image_s
    # Two more trainings of each arm, and the tests of what came of them.
    assert all_of - one >= 2 * len(recipe.finetune.arms) * alone
