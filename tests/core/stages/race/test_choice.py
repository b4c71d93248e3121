"""Who wins a race: the best one, unless a simpler one is as good."""

import numpy as np

from core.stages.race.choice import (
    best_first,
    is_clearly_better,
    is_clearly_worse,
    is_supported,
    winner_of,
)
from core.stages.race.judged import Look

NOISE = np.random.default_rng(0).normal(0, 0.1, 100)


def test_that_of_equals_the_simplest_wins() -> None:
    losses = {"frozen": np.ones(100), "base": np.ones(100), "further": np.ones(100)}
    assert winner_of(losses) == "frozen"


def test_that_a_difference_within_noise_goes_to_the_simpler() -> None:
    # Mean 0.005 better, with a standard error of 0.01.
    losses = {"base": np.ones(100), "further": 0.995 + NOISE - NOISE.mean()}
    assert winner_of(losses) == "base"
    assert winner_of(losses, ["further"]) == "further"


def test_that_a_difference_beyond_noise_decides() -> None:
    losses = {"base": np.ones(100), "further": 0.95 + NOISE - NOISE.mean()}
    assert winner_of(losses) == "further"


def test_that_what_knows_more_before_fine_tuning_wins_unless_it_is_clearly_worse_after_it() -> None:
    # The base model is trained beside the winner anyway, and few examples compare the two.
    noise = NOISE - NOISE.mean()
    for behind, winner in ((0.005, "further"), (0.05, "base")):
        losses = {"base": np.ones(100), "further": 1 + behind + noise}
        assert winner_of(losses, ["further"]) == winner
        assert winner_of(losses) == "base"


def test_that_the_usual_way_needs_no_proof_that_it_knows_more() -> None:
    start = Look(np.full(100, 0.5), 0.5, 0.5)
    noise = NOISE - NOISE.mean()
    little, less = Look(0.501 + noise, 0.5, 0.5), Look(0.499 + noise, 0.5, 0.5)
    assert is_supported(little, start, is_usual=True)
    assert not is_supported(little, start, is_usual=False)
    assert not is_supported(less, start, is_usual=True)
    assert is_supported(Look(0.6 + noise, 0.6, 0.6), start, is_usual=False)


def test_that_the_likeliest_way_goes_on_unless_another_is_better_beyond_chance() -> None:
    noise = NOISE - NOISE.mean()
    error = noise.std(ddof=1) / 10
    for times, order in ((0.9, ["usual", "other", "bad"]), (1.1, ["other", "usual", "bad"])):
        looks = {
            "usual": Look(np.full(100, 0.5), 0.5, 0.5),
            "bad": Look(np.full(100, 0.3), 0.3, 0.3),
            "other": Look(0.5 + noise + times * error, 0.5, 0.5),
        }
        assert best_first(looks, "usual") == order
        assert best_first(looks, "gone")[0] == "other"


def test_that_what_diverged_never_wins() -> None:
    losses = {"frozen": np.ones(9), "base": np.full(9, np.inf), "further": np.full(9, np.inf)}
    assert winner_of(losses, ["further"]) == "frozen"


def test_that_a_look_is_worse_or_better_only_beyond_two_standard_errors() -> None:
    start = Look(np.full(100, 0.5), 0.5, 0.5)
    noise = NOISE - NOISE.mean()
    error = noise.std(ddof=1) / 10
    for times, clear in ((1.9, False), (2.1, True)):
        better = Look(0.5 + noise + times * error, 0.5, 0.5)
        worse = Look(0.5 + noise - times * error, 0.5, 0.5)
        assert is_clearly_better(better, start) is clear
        assert is_clearly_worse(worse, start) is clear
