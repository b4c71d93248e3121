"""Who wins a race: the best one, unless a simpler one is as good."""

import numpy as np

from core.stages.race.choice import is_clearly_better, is_clearly_worse, simplest_within_noise
from core.stages.race.judged import Look

NOISE = np.random.default_rng(0).normal(0, 0.1, 100)


def test_that_of_equals_the_simplest_wins() -> None:
    losses = {"frozen": np.ones(100), "base": np.ones(100), "further": np.ones(100)}
    assert simplest_within_noise(losses) == "frozen"


def test_that_a_difference_within_noise_goes_to_the_simpler() -> None:
    # Mean 0.005 better, with a standard error of 0.01.
    losses = {"base": np.ones(100), "further": 0.995 + NOISE - NOISE.mean()}
    assert simplest_within_noise(losses) == "base"
    assert simplest_within_noise(losses, ["further"]) == "further"


def test_that_a_difference_beyond_noise_decides() -> None:
    losses = {"base": np.ones(100), "further": 0.95 + NOISE - NOISE.mean()}
    assert simplest_within_noise(losses) == "further"


def test_that_what_diverged_never_wins() -> None:
    losses = {"frozen": np.ones(9), "base": np.full(9, np.inf), "further": np.full(9, np.inf)}
    assert simplest_within_noise(losses, ["further"]) == "frozen"


def test_that_a_look_is_worse_or_better_only_beyond_two_standard_errors() -> None:
    start = Look(np.full(100, 0.5), 0.5, 0.5)
    noise = NOISE - NOISE.mean()
    error = noise.std(ddof=1) / 10
    for times, clear in ((1.9, False), (2.1, True)):
        better = Look(0.5 + noise + times * error, 0.5, 0.5)
        worse = Look(0.5 + noise - times * error, 0.5, 0.5)
        assert is_clearly_better(better, start) is clear
        assert is_clearly_worse(worse, start) is clear
