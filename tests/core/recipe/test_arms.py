"""The table of arms, and that whatever lists arms agrees with it."""

import pytest

from core.errors import RunError
from core.predict.predict import classifier_folder
from core.recipe import BaselinesRecipe, Recipe
from core.recipe.arms import ABLATIONS, ARM_PREFERENCE, ARMS, BASE, METHOD, REGULARISED, TAUGHT
from core.recipe.files import validated_recipe
from core.run.folder import RunFolder
from core.run.plan import Costs, arms_of, plan_stages, stage_behind
from core.stages.regularise.choose import MAKERS

COSTS = Costs(visible=0.25, decoder=0.25)


def stages_with(arm: str) -> list:
    # One that all others teach is nothing without them.
    arms = [BASE, arm] if arm in TAUGHT else [arm]
    recipe = Recipe.model_validate({"distill": {"rounds": 2}, "finetune": {"arms": arms}})
    assert arms_of(recipe) == arms
    return plan_stages(recipe, COSTS, decoder_is_fresh=False, can_finetune=True)


def test_that_every_arm_is_told_in_its_own_words() -> None:
    for words in ("title", "phrase", "sentence", "method"):
        said = [getattr(arm, words) for arm in ARMS.values()]
        assert len(set(said)) == len(ARMS) == 11
        assert all(said)


def test_that_an_arm_belongs_to_one_group() -> None:
    assert sorted([*METHOD, *ABLATIONS, *REGULARISED, *TAUGHT]) == sorted(ARMS)


def test_that_what_others_found_out_is_cited() -> None:
    assert [name for name, arm in ARMS.items() if arm.source is None] == [BASE]
    for name in REGULARISED:
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
    stages, arm = stages_with(name), ARMS[name]
    behind = stage_behind(name, stages)
    assert (behind.kind if behind else "") == arm.start
    assert (behind.variant if behind else "") == (name if arm.has_own_stages else "")
    assert {stage.variant for stage in stages} == {"", name if arm.has_own_stages else ""}


@pytest.mark.parametrize("name", list(ARMS))
def test_that_a_fine_tuning_is_as_much_work_as_its_passes(name: str) -> None:
    work = {arm: stages_with(arm)[-1].work for arm in (name, BASE)}
    assert work[name] == work[BASE] * ARMS[name].passes


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
