"""What counts as worse than noise, and what a rank is, in numbers worked out by hand."""

import numpy as np
import pytest

from core.evaluate.effective_rank import effective_rank
from core.evaluate.falling import has_fallen


def answers(both: int, lost: int, won: int) -> tuple[np.ndarray, np.ndarray]:
    before = np.array([True] * (both + lost) + [False] * won)
    after = np.array([True] * both + [False] * lost + [True] * won)
    return before, after


@pytest.mark.parametrize(
    ("lost", "won", "num_looks", "expected"),
    [
        (4, 0, 1, False),  # a coin falls so four times in a row once in 16
        (5, 0, 1, True),  # once in 32
        (5, 0, 2, False),  # each of two looks has half of 5 %
        (6, 0, 2, True),
        (7, 1, 1, True),  # (1 + 8) / 256
        (6, 2, 1, False),  # (1 + 8 + 28) / 256
        (0, 9, 1, False),  # better
        (0, 0, 1, False),
    ],
)
def test_that_a_fall_is_what_a_coin_would_hardly_do(lost, won, num_looks, expected):
    assert has_fallen(*answers(50, lost, won), num_looks=num_looks) is expected


def test_that_stages_which_change_nothing_are_rarely_called_worse():
    random = np.random.default_rng(0)
    number, looks = 1_000, 5
    false = 0
    for _ in range(number):
        before = random.random(200) < 0.7
        false += any(
            has_fallen(
                before,
                np.where(random.random(200) < 0.2, random.random(200) < 0.7, before),
                num_looks=looks,
            )
            for _ in range(looks)
        )
    assert false / number < 0.05


def test_that_the_effective_rank_is_the_entropy_of_the_singular_values():
    # Singular values 3 and 1: exp(-(3/4 log 3/4 + 1/4 log 1/4)).
    assert effective_rank(np.diag([3.0, 1.0])) == pytest.approx(1.7548, abs=1e-4)
    assert effective_rank(np.eye(5)) == pytest.approx(5.0, abs=1e-4)
    assert effective_rank(np.ones((6, 4))) == pytest.approx(1.0, abs=1e-4)
    assert effective_rank(np.full((2, 2), np.nan)) is None
