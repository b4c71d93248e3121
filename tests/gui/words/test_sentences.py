"""Sentences taken apart."""

import pytest

from gui.words.sentences import lead_and_rest


@pytest.mark.parametrize(
    ("text", "lead", "rest"),
    [
        (
            "No gain here. Distilled: 76.6 % (4.3 points), base: 77.6 %. Both were trained once.",
            "No gain here. Distilled: 76.6 % (4.3 points), base: 77.6 %.",
            "Both were trained once.",
        ),
        ("Nothing was compared yet, of 2.5 hours", "Nothing was compared yet, of 2.5 hours", ""),
    ],
)
def test_that_the_answer_comes_before_what_is_said_about_it(
    text: str, lead: str, rest: str
) -> None:
    assert lead_and_rest(text) == (lead, rest)
