"""How sure is sure enough, in answers that can be counted by hand."""

import numpy as np
import pytest

from core.evaluate.confident import least_confidence, surest


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (1.0, 0.9),  # the two surest are right, the third is not
        (0.75, 0.6),  # three of four
        (0.7, 0.6),  # 0.5 would be three of five
        (0.6, 0.5),
    ],
)
def test_that_answers_are_taken_down_to_where_enough_are_right(precision, expected):
    confidence = np.array([0.6, 0.95, 0.8, 0.5, 0.9])
    is_right = np.array([True, True, False, False, True])
    assert least_confidence(confidence, is_right, precision) == expected


def test_that_equally_sure_answers_are_taken_together_or_not_at_all():
    confidence = np.array([0.9, 0.9])
    assert least_confidence(confidence, np.array([True, False]), 1.0) > 1
    assert least_confidence(confidence, np.array([True, False]), 0.5) == 0.9


def test_that_a_share_takes_the_surest():
    confidence = np.array([0.3, 0.9, 0.5, 0.7])
    assert (confidence >= surest(confidence, 0.5)).tolist() == [False, True, False, True]
    assert surest(np.zeros(0), 0.5) > 1
