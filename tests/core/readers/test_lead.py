"""The answer begins as the recommendation ends."""

import pytest

from core.readers.judgement import Judgement
from core.readers.lead import Lead, lead_of, subject_of, verdict_of
from core.readers.recommendation import Recommendation, with_test

ARMS = ("base", "further", "distilled")
ROWS = (*ARMS, "probe-base", "probe-distilled")

OLDER = {"value": 0.047, "low": 0.01, "high": 0.1, "is_clear": True, "is_clear_holm": False}


def difference(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("recommended", "subject"),
    [
        (None, "distilled"),
        ("base", "distilled"),
        ("probe-base", "distilled"),
        ("further", "further"),
        ("probe-distilled", "probe-distilled"),
        # It was not tested.
        ("probe-further", "distilled"),
    ],
)
def test_that_the_answer_is_about_the_adapted_model_to_use(recommended, subject) -> None:
    rows = dict.fromkeys(ROWS, Judgement.NO_GAIN)
    assert subject_of(ARMS, rows, recommended) == subject


def test_that_a_frozen_model_that_the_test_speaks_against_is_not_what_the_answer_is_about() -> None:
    rows = dict.fromkeys(ROWS, Judgement.LOSS)
    assert subject_of(ARMS, rows, "probe-distilled") == "distilled"
    # What was fine-tuned is what adaptation does.
    assert subject_of(ARMS, rows, "further") == "further"
    lost = {"value": -0.081, "low": -0.121, "high": -0.04, "is_clear": True}
    found = Recommendation("probe-further", "validation", 50, "To use, take it.")
    said = with_test(found, {"probe-further": {"against": {"base": lost}}}, "image").words
    assert said.startswith("To use, take it. The test images speak against it: there it is 8.1 ")
    fair = {**lost, "low": -0.2, "high": 0.04, "is_clear": False}
    assert with_test(found, {"probe-further": {"against": {"base": fair}}}, "image") == found


def test_that_a_run_without_another_arm_has_no_subject() -> None:
    assert subject_of(("base",), ("base", "probe-base"), "probe-base") is None
    assert subject_of(("base", "of-a-newer-version"), (), None) == "of-a-newer-version"


@pytest.mark.parametrize(
    ("recommended", "found", "lead"),
    [
        # Not "no gain" above the advice to take it.
        ("distilled", difference(0.047, -0.01, 0.1), Lead.PERHAPS),
        ("distilled", difference(-0.01, -0.04, 0.02), Lead.NO_DIFFERENCE),
        ("pseudo-labels", difference(0.01, -0.01, 0.03), Lead.PERHAPS),
        ("base", difference(0.047, -0.01, 0.1), Lead.NO_GAIN),
        ("wise-ft", difference(0.047, -0.01, 0.1), Lead.NO_GAIN),
        (None, difference(0.047, -0.01, 0.1), Lead.NO_GAIN),
        ("distilled", difference(0.05, 0.01, 0.1), Lead.GAIN),
        ("probe-base", difference(0.05, 0.01, 0.1), Lead.GAIN_NOT_NEEDED),
        ("base", difference(-0.05, -0.1, -0.01), Lead.LOSS),
        ("base", None, Lead.NOT_COMPARED),
    ],
)
def test_that_the_first_words_agree_with_the_recommendation(recommended, found, lead) -> None:
    assert lead_of(found, recommended) is lead


def test_that_an_older_verdict_does_not_speak_against_its_recommendation() -> None:
    values = {
        "verdict": "No gain here: self-distillation: 37.4 %. To use, take self-distillation.",
        "arms": {"base": {"against": {}}, "distilled": {"against": {"base": OLDER}}},
        "recommended": {"arm": "distilled"},
    }
    assert verdict_of(values).startswith("Perhaps a gain: self-distillation: 37.4 %.")
    assert verdict_of({**values, "recommended": {"arm": "base"}}) == values["verdict"]
    assert verdict_of({**values, "recommended": None}) == values["verdict"]
