"""A comparison takes over the fine-tunings of the run that it begins from, and trains the rest."""

import pytest

from core.figures.sweep import share_stages, shareable_stages
from core.planning.comparison import compared_recipe
from core.run.folder import RunFolder
from core.run.plan import fine_tuning_of
from tests.helpers.trainers import finished, weights_of
from tests.helpers.worlds import World, new_run, tiny_recipe


def test_that_a_comparison_trains_nothing_again_that_is_there(
    world: World, undisturbed: RunFolder
) -> None:
    asked = compared_recipe(undisturbed.recipe(), ["base", "l2sp", "distilled"], 2)
    names = shareable_stages(undisturbed, asked)
    tuned = [tuning for name in names if (tuning := fine_tuning_of(name))]
    # One seed of each arm is there; another seed, and an arm that was not asked for, are not.
    assert sorted(tuned) == [("base", 0), ("distilled", 0)]


def test_that_other_settings_of_fine_tuning_share_none(undisturbed: RunFolder) -> None:
    for section, values in (
        ("finetune", {"lr": 5e-4}),
        ("probe", {"neighbours": 4}),
        ("data", {"labels_per_class": 2}),
    ):
        dumped = undisturbed.recipe().model_dump(mode="json", exclude_none=True)
        dumped[section] |= values
        other = type(undisturbed.recipe()).model_validate(dumped)
        asked = compared_recipe(other, ["base", "l2sp"], 2)
        assert not any(map(fine_tuning_of, shareable_stages(undisturbed, asked)))


def test_that_regularised_arms_share_with_the_same_settings_alone(
    world: World, tmp_path: object
) -> None:
    run = RunFolder(tmp_path / "run")  # type: ignore[operator]
    recipe = tiny_recipe(
        world, pretrain__steps=0, distill__rounds=0, finetune__arms=["base", "l2sp"]
    )
    run = RunFolder.create(run.path, recipe)
    for name in ("01-finetune-base-seed-0", "02-finetune-l2sp-seed-0"):
        run.stage(name).mkdir(parents=True)
        (run.stage(name) / "summary.json").write_text("{}")
    assert len(shareable_stages(run, recipe)) == 2
    other = recipe.model_copy(
        update={"baselines": recipe.baselines.model_copy(update={"l2sp_alpha": 0.5})}
    )
    assert shareable_stages(run, other) == ["01-finetune-base-seed-0"]


@pytest.mark.slow
def test_that_what_is_taken_over_ends_as_if_it_had_been_trained(
    world: World, tmp_path: object
) -> None:
    folder = tmp_path / "runs"  # type: ignore[operator]
    short = {"pretrain__steps": 0, "distill__rounds": 0, "finetune__arms": ["base"]}
    first = finished(new_run(world, folder / "first", **short, finetune__num_seeds=2), world.cache)
    asked = compared_recipe(first.recipe(), ["base", "l2sp"], 2)
    second = RunFolder.create(folder / "second", asked)
    copied = share_stages(first, second)
    # A comparison goes seed by seed: the second one stands elsewhere.
    assert copied == ["01-finetune-base-seed-0", "03-finetune-base-seed-1"]
    finished(second, world.cache)
    alone = finished(RunFolder.create(folder / "alone", asked), world.cache)
    assert weights_of(second) == weights_of(alone)
    results = [run.read_json("results.json")["arms"] for run in (second, alone)]
    assert results[0] == results[1]
    assert all((second.stage(name) / "classifier.safetensors").exists() for name in copied)
