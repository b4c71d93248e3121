"""Numbers that stand beside each other agree to the last digit."""

import pytest

from core.readers.points import shown_difference


def test_that_a_difference_is_that_of_the_numbers_beside_it() -> None:
    # 40.04 and 41.56 are 1.52 apart, and shown as 40.0, 41.6.
    assert shown_difference(-0.0152, 0.4004, 0.4156) == pytest.approx(-0.016)
    assert shown_difference(0.0, 0.5, 0.5) == 0.0


def test_that_a_difference_of_other_numbers_stays() -> None:
    # Paired on the examples that both have answered.
    assert shown_difference(0.05, 0.8, 0.7) == 0.05
