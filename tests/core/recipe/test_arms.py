"""The table of arms, and that whatever lists arms agrees with it."""

import pytest

from core.errors import RunError
from core.predict.predict import classifier_folder
from core.recipe import BaselinesRecipe, Recipe
from core.recipe.arms import (
    ABLATIONS,
    ARM_PREFERENCE,
    ARMS,
    AVERAGES,
    BASE,
    METHOD,
    REGULARISED,
    TAUGHT,
    with_teacher,
)
from core.recipe.files import validated_recipe
from core.run.folder import RunFolder
from core.run.plan import Costs, plan_stages, stage_behind
from core.run.possible import arms_of, missing_for
from core.stages.regularise.choose import MAKERS

COSTS = Costs(visible=0.25, decoder=0.25)


def stages_with(*arms: str) -> list:
    finetune = {"arms": arms, "head": "probe", "num_seeds": 2 if AVERAGES[-1] in arms else 1}
    recipe = Recipe.model_validate({"distill": {"rounds": 2}, "finetune": finetune})
    assert arms_of(recipe) == list(arms)
    return plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)


def test_that_every_arm_is_told_in_its_own_words() -> None:
    for words in ("title", "phrase", "sentence", "method"):
        said = [getattr(arm, words) for arm in ARMS.values()]
        assert len(set(said)) == len(ARMS)
        assert all(said)


def test_that_an_arm_belongs_to_one_group() -> None:
    assert sorted([*METHOD, *ABLATIONS, *REGULARISED, *AVERAGES, *TAUGHT]) == sorted(ARMS)


def test_that_what_others_found_out_is_cited() -> None:
    assert [name for name, arm in ARMS.items() if arm.source is None] == [BASE]
    for name in (*REGULARISED, *AVERAGES):
        source = ARMS[name].source
        assert source is not None
        assert f"({source.citation})" in ARMS[name].sentence
        assert source.url.startswith("https://arxiv.org/abs/")


def test_that_no_two_arms_are_preferred_alike() -> None:
    assert len({arm.preference for arm in ARMS.values()}) == len(ARMS)
    assert ARM_PREFERENCE[0] == "distilled"
    assert ARM_PREFERENCE[-1] == BASE


def test_that_each_regularised_arm_has_its_implementation() -> None:
    assert set(MAKERS) == set(REGULARISED)


def test_that_each_setting_of_the_baselines_belongs_to_one_arm() -> None:
    claimed = [key for arm in ARMS.values() for key in arm.settings]
    assert sorted(claimed) == sorted(BaselinesRecipe.model_fields)
    for arm in ARMS.values():
        for key in arm.settings:
            described = BaselinesRecipe.model_fields[key].description or ""
            assert described.startswith(f"{arm.title}: ")


@pytest.mark.parametrize("name", list(ARMS))
def test_that_the_plan_makes_what_an_arm_starts_from(name: str) -> None:
    stages, arm = stages_with(*_with_its_parts(name)), ARMS[name]
    behind = stage_behind(name, stages)
    assert (behind.kind if behind else "") == arm.start
    assert (behind.variant if behind else "") == (name if arm.has_own_stages else "")
    assert {stage.variant for stage in stages} == {"", name if arm.has_own_stages else ""}


@pytest.mark.parametrize("name", list(ARMS))
def test_that_a_fine_tuning_is_as_much_work_as_its_passes(name: str) -> None:
    work = {arm: stages_with(*_with_its_parts(arm))[-1].work for arm in (name, BASE)}
    passes = 0 if ARMS[name].average else ARMS[name].passes
    assert work[name] == work[BASE] * passes


@pytest.mark.parametrize("order", ["arms", "seeds"])
def test_that_averages_come_after_what_they_are_made_of_and_take_no_steps(order: str) -> None:
    arms = ["soup", "wise-ft", "base", "l2sp"]
    finetune = {"arms": arms, "head": "probe", "num_seeds": 2, "order": order, "search": True}
    pretrain, distill = {"steps": 0, "warmup_steps": 0}, {"rounds": 0}
    asked = {"pretrain": pretrain, "distill": distill, "finetune": finetune}
    recipe = Recipe.model_validate(asked)
    stages = plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)
    tuned = [(each.arm, each.seed_index) for each in stages if each.kind == "finetune"]
    by_seed = [(arm, seed) for seed in (0, 1) for arm in ("base", "l2sp", "wise-ft")]
    by_arm = [(arm, seed) for arm in ("base", "l2sp", "wise-ft") for seed in (0, 1)]
    assert tuned == [*(by_seed if order == "seeds" else by_arm), ("soup", 0)]
    assert {each.arm for each in stages if each.kind == "search"} == {"base", "l2sp"}
    assert {each.arm for each in stages if not each.num_steps} == set(AVERAGES)


@pytest.mark.parametrize(
    ("finetune", "words"),
    [
        ({"arms": ["wise-ft"]}, "wise-ft is made of the fine-tunings of base: add it to arms"),
        ({"arms": ["base", "soup"]}, "soup averages seeds: set num_seeds to 2 or more"),
        ({"arms": ["base", "wise-ft"], "interpolate": True}, "what wise-ft does to base"),
    ],
)
def test_that_averages_that_can_not_be_made_are_refused_in_words(finetune, words: str) -> None:
    with pytest.raises(RunError) as caught:
        validated_recipe({"finetune": {"head": "probe", **finetune}})
    assert caught.value.id == "recipe-invalid"
    assert words in caught.value.what


def test_that_a_random_head_leaves_nothing_to_average() -> None:
    recipe = Recipe.model_validate({"finetune": {"arms": ["base", "wise-ft"]}})
    assert "wise-ft" not in arms_of(recipe)
    assert "finetune.head" in missing_for("wise-ft", recipe)


def _with_its_parts(name: str) -> list[str]:
    # What is made of others, or taught by them, is nothing without them.
    arm = ARMS[name]
    return [BASE, name] if arm.average or arm.is_taught else [name]


def test_that_the_help_of_the_recipe_names_every_arm() -> None:
    words = Recipe().finetune.__class__.model_fields["arms"].description or ""
    assert [name for name in ARMS if name not in words] == []


def test_that_an_unknown_arm_of_a_recipe_is_refused_in_words() -> None:
    with pytest.raises(RunError) as caught:
        validated_recipe({"finetune": {"arms": ["base", "lora"]}})
    assert caught.value.id == "recipe-invalid"
    assert "finetune.arms: there is no arm lora; there are base, further, " in caught.value.what


def test_that_predicting_with_an_unknown_arm_is_refused_in_words(tmp_path) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    with pytest.raises(RunError, match="no arm lora") as caught:
        classifier_folder(run, "lora")
    assert caught.value.id == "arm-unknown"


def test_that_an_arm_tells_who_its_teacher_was() -> None:
    for name in ("distilled", "distill-only"):
        arm = ARMS[name]
        assert with_teacher(arm, "further") == arm
        initial, averaged = (with_teacher(arm, teacher) for teacher in ("initial", "averaged"))
        assert not initial.is_further_pretrained
        assert initial.method.startswith("self-distillation from a teacher with the initial")
        assert averaged.is_further_pretrained
        assert "mean of the initial and the further pre-trained weights" in averaged.method
    for name in ("base", "further", "teacher-initial"):
        assert with_teacher(ARMS[name], "averaged") == ARMS[name]
