"""Shares as people are told them: of R², which has no lower bound, not to the last digit."""

import pytest

from core.recipe.shares import number_of, percent, points, signed
from core.recipe.tasks import REGRESSION, TASKS


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.912, "91.2 %"), (0.0, "0.0 %"), (-0.34, "-34.0 %"), (-1.0, "-100.0 %")],
)
def test_that_a_share_is_told_with_a_digit_behind_the_point(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize("share", [-1.01, -50.0, -1e9])
def test_that_what_is_far_below_nothing_has_no_digits(share: float) -> None:
    assert percent(share) == "below -100 %"
    assert percent(share, 0) == "below -100 %"
    r2 = TASKS[REGRESSION].metric
    assert r2.number(share) == number_of(share) == "below -100"
    assert r2.shown(share) == "below -100 % R²"


def test_that_differences_beyond_a_hundred_points_are_told_as_that() -> None:
    assert [signed(each) for each in (0.014, -0.008, 3.2, -7.0)] == [
        "+1.4",
        "-0.8",
        "over +100",
        "below -100",
    ]
    assert [points(each) for each in (-0.014, 3.2, -7.0)] == ["1.4", "over 100", "over 100"]


def test_that_no_difference_has_no_sign() -> None:
    assert signed(0.0) == signed(-0.0001) == "0.0"
