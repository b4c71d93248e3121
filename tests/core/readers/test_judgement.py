"""Whether an arm is better: one answer for every face."""

import pytest

from core.readers.judgement import Judgement, in_words, judge, why_not_judged

CLEAR = {"value": 0.1, "low": 0.02, "high": 0.2, "is_clear": True, "is_judged": True}


@pytest.mark.parametrize(
    ("changed", "judgement"),
    [
        ({}, Judgement.GAIN),
        ({"value": -0.1, "low": -0.2, "high": -0.02}, Judgement.LOSS),
        ({"is_clear": False}, Judgement.NO_GAIN),
        ({"is_clear_holm": False}, Judgement.NO_GAIN),
        ({"is_judged": False}, Judgement.NOT_JUDGED),
    ],
)
def test_that_a_difference_is_judged_by_what_was_noted(changed, judgement) -> None:
    assert judge({**CLEAR, **changed}) is judgement


def test_that_no_difference_is_no_judgement() -> None:
    assert judge(None) is Judgement.NOT_COMPARED


def test_that_results_of_the_first_format_are_judged_as_they_were() -> None:
    assert judge({"value": 0.1, "low": 0.02, "high": 0.2, "is_clear": True}) is Judgement.GAIN
    assert judge({"value": 0.0, "low": 0.0, "high": 0.0, "is_clear": False}) is Judgement.NO_GAIN


def test_that_what_is_not_judged_is_neither_better_nor_worse_nor_chance() -> None:
    words = [in_words(Judgement.NOT_JUDGED)]
    words += [why_not_judged(n, is_interim=i) for n in ([1, 1], [1, 3]) for i in (True, False)]
    assert words[1] != words[2] != words[4]
    for word in ("better", "worse", "clear", "gain", "loss", "may be chance"):
        assert not [each for each in words if word in each]
