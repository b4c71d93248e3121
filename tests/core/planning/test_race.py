"""The arithmetic of a race: it keeps the time, and leaves out what there is no time for."""

from dataclasses import replace

import pytest

from core.planning.candidates import Candidate, candidates_of, winners_recipe
from core.planning.race import (
    FINALISTS,
    LEAST_STEPS,
    Speeds,
    distilled_steps,
    halving,
    plan_finals,
    plan_race,
    with_speeds,
)
from core.planning.race_rest import fitted
from core.recipe import Recipe, preset_recipe
from core.recipe.families import CLIP, DINO, MAE
from core.recipe.interpolating import shares_of

LABELED, UNLABELED, VALIDATION = 1_000, 5_000, 200


def asked(minutes: float) -> Recipe:
    recipe = preset_recipe("best")
    return recipe.model_copy(update={"race": recipe.race.model_copy(update={"minutes": minutes})})


def speeds_of(candidates: list[Candidate], step_s: float) -> Speeds:
    kinds = list(dict.fromkeys(each.kind for each in candidates))
    return Speeds(
        {kind: step_s * (1 + index / 3) for index, kind in enumerate(kinds)},
        finetune_step_s=step_s / 2,
        image_s=step_s / 500,
        head_s=0.5,
        fixed_s=0.5,
        num_judged=LABELED,
        num_labeled=LABELED,
        num_validation=VALIDATION,
    )


def test_that_half_of_the_candidates_go_on_until_two_are_left() -> None:
    assert halving(12) == [12, 6, 3, 2]
    assert halving(1) == [1]


@pytest.mark.parametrize("minutes", [15.0, 60.0, 600.0])
@pytest.mark.parametrize("step_s", [0.05, 1.0])
@pytest.mark.parametrize("arm", ["base", "further", "distilled"])
def test_that_the_time_is_kept_within_a_tenth_by_a_clock_that_runs_as_measured(
    minutes: float, step_s: float, arm: str
) -> None:
    recipe = asked(minutes)
    candidates = candidates_of(recipe, MAE)
    speeds = speeds_of(candidates, step_s)
    plan = plan_race(recipe, candidates, speeds, MAE)
    look_s = LABELED * speeds.image_s + 2 * speeds.head_s + speeds.fixed_s
    spent = 0.0
    for steps, number in plan.rounds:
        # The slowest go on: the worst that the time may meet.
        slowest = sorted((speeds.step_s[each.kind] for each in plan.candidates), reverse=True)
        spent += sum(steps * each + look_s for each in slowest[:number])
    kind = plan.candidates[0].kind
    distill_s = speeds.distill_step_s(kind, recipe.distill.batch_size)
    number, steps = distilled_steps(plan, speeds, distill_s, len(recipe.race.weights))
    spent += number * (steps * distill_s + look_s)
    trials = FINALISTS * len(plan.finals.rates)
    # Each is judged at the points of its way.
    judged_s = len(shares_of(recipe)) * VALIDATION * speeds.image_s
    spent += trials * (plan.finals.steps * speeds.finetune_step_s + speeds.fixed_s + judged_s)
    won = winners_recipe(recipe, arm, None if arm == "base" else plan.candidates[0])
    numbers = (UNLABELED, 2 * LABELED)
    of_kind = None if arm == "base" else kind
    left_s = 60 * minutes - spent
    after, taken_s = fitted(won, of_kind, speeds, numbers, left_s)
    assert spent + taken_s <= 1.1 * 60 * minutes
    is_at_most = after.finetune.steps == recipe.finetune.steps
    assert is_at_most or spent + taken_s >= 0.9 * 60 * minutes
    assert after.finetune.arms == (("base",) if arm == "base" else ("base", arm))
    assert after.race == recipe.race


def test_that_little_time_leaves_the_unlikely_candidates_out() -> None:
    candidates = candidates_of(asked(10), MAE)
    speeds = speeds_of(candidates, 1.0)
    few, many = (plan_race(asked(time), candidates, speeds, MAE) for time in (10, 600))
    assert 1 <= len(few.candidates) < len(many.candidates)
    assert few.num_left_out == len(candidates) - len(few.candidates)
    assert list(few.candidates) == candidates[: len(few.candidates)]
    assert few.rounds[0][0] >= LEAST_STEPS


def test_that_what_was_measured_comes_first_and_nothing_twice() -> None:
    found = candidates_of(asked(10), DINO)
    assert (found[0].name, found[0].title.rpartition(", ")[2]) == (
        "contrastive-all-5e-05",
        "rate 5e-05",
    )
    assert len({each.name for each in found}) == len(found)
    assert candidates_of(asked(10), MAE)[0].name == "masked-all-0.00015"
    # Only of what the race may try.
    own = asked(10)
    race = own.race.model_copy(update={"train": ("last:2",), "rates": (1e-3, 1e-4)})
    own = own.model_copy(update={"race": race})
    assert candidates_of(own, DINO)[0] == Candidate("contrastive", "last:2", 1e-4)
    assert {(each.train, each.lr) for each in candidates_of(own, DINO)} == {
        ("last:2", 1e-4),
        ("last:2", 1e-3),
    }


def test_that_weights_of_the_distillation_are_tried_where_their_steps_tell_something() -> None:
    candidates = candidates_of(asked(10), MAE)
    speeds = speeds_of(candidates, 1.0)
    found = [
        distilled_steps(plan_race(asked(minutes), candidates, speeds, MAE), speeds, 1.0, 3)
        for minutes in (1, 10, 1_000)
    ]
    # The least that there is, of one; fewer than all; all, as long as the teacher was trained.
    assert found[0] == (1, LEAST_STEPS)
    assert found[1][0] == 1
    assert found[2][0] == 3
    assert found[2][1] >= 30


def test_that_the_winner_is_distilled_with_its_weight() -> None:
    recipe = asked(10)
    candidate = replace(candidates_of(recipe, MAE)[0], weight=0.3)
    assert winners_recipe(recipe, "distilled", candidate).distill.weight == 0.3
    assert winners_recipe(recipe, "base", None).distill.weight == recipe.distill.weight


def test_that_without_time_to_search_the_races_own_rate_is_taken() -> None:
    recipe = asked(30)
    candidates = candidates_of(recipe, MAE)
    speeds = speeds_of(candidates, 0.5)
    won = winners_recipe(recipe, "further", candidates[0])
    numbers = (UNLABELED, 2 * LABELED)

    def after(seconds: float) -> tuple[Recipe, float]:
        return fitted(won, candidates[0].kind, speeds, numbers, seconds, rate=5e-4)

    _, least = fitted(won, candidates[0].kind, speeds, numbers, 0.0)
    plenty, short = after(10 * least)[0].finetune, after(0.9 * least)[0].finetune
    assert plenty.search
    assert not short.search
    assert short.lr == 5e-4
    assert after(0.9 * least)[1] <= 0.9 * least


def test_that_time_lost_on_the_way_is_taken_from_the_comparison() -> None:
    recipe = asked(30)
    speeds = speeds_of(candidates_of(recipe, MAE), 0.5)
    in_time, late, too_late = (
        plan_finals(recipe, speeds, MAE, share * 60 * 30) for share in (0.3, 0.45, 0.9)
    )
    assert in_time == plan_finals(recipe, speeds, MAE)
    judged_s = len(shares_of(recipe)) * VALIDATION * speeds.image_s
    beside_s = speeds.fixed_s + judged_s
    took = [
        FINALISTS * len(each.rates) * (each.steps * speeds.finetune_step_s + beside_s)
        for each in (in_time, late)
    ]
    assert took[1] <= 1.01 * (0.5 - 0.45) * 60 * 30 < took[0]
    # The least that tells something is done in any case.
    assert (len(too_late.rates), too_late.steps) == (1, 5)


def test_that_a_machine_that_has_become_slower_is_slower_at_all_that_follows() -> None:
    recipe = asked(30)
    candidates = candidates_of(recipe, MAE)
    speeds = speeds_of(candidates, 0.5)
    kind, other = (each.kind for each in candidates[:2])
    slower = with_speeds(speeds, kind, 2 * speeds.step_s[kind])
    assert slower.step_s[other] == 2 * speeds.step_s[other]
    assert slower.finetune_step_s == 2 * speeds.finetune_step_s
    # Loading and judging take longer, too.
    steps = [plan_finals(recipe, each, MAE).steps for each in (speeds, slower)]
    assert 0.4 * steps[0] < steps[1] <= 0.5 * steps[0]
    # The first steps of a kind are slower than the rest: that speeds nothing else up.
    faster = with_speeds(speeds, kind, speeds.step_s[kind] / 2)
    assert (faster.finetune_step_s, faster.image_s) == (speeds.finetune_step_s, speeds.image_s)
    assert faster.step_s == {**speeds.step_s, kind: speeds.step_s[kind] / 2}


def test_that_the_last_ones_are_compared_at_the_usual_rate_and_the_one_beside_it() -> None:
    recipe = asked(60)
    speeds = speeds_of(candidates_of(recipe, DINO), 0.05)
    # What is usual for a model that fills in pixels is three times as fast.
    assert plan_finals(recipe, speeds, DINO).rates == (1e-4, 3e-4)
    assert plan_finals(recipe, speeds, MAE).rates == (3e-4, 1e-3)


def test_that_speeds_of_an_older_version_are_read() -> None:
    speeds = speeds_of(candidates_of(asked(30), MAE), 0.5)
    values = speeds.to_json()
    assert Speeds.from_json(values) == speeds
    del values["num_validation"]
    assert Speeds.from_json(values) == replace(speeds, num_validation=0)


def test_that_what_harms_a_family_is_not_tried_unless_it_is_asked_for() -> None:
    assert "masked" not in {each.objective for each in candidates_of(asked(60), CLIP)}
    recipe = Recipe.model_validate({"race": {"minutes": 5.0, "objectives": ["pixels"]}})
    assert {each.objective for each in candidates_of(recipe, CLIP)} == {"masked"}


def test_that_candidates_have_names_of_their_own() -> None:
    candidates = candidates_of(asked(60), MAE)
    assert len({each.name for each in candidates}) == len(candidates)
    assert not any(mark in each.name for each in candidates for mark in ":/ ")
