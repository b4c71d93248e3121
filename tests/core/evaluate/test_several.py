"""Several arms at once: corrected as worked by hand, said in words."""

import numpy as np
import pytest

from core.evaluate.metrics import evaluate_predictions, example_scores
from core.evaluate.several import adjust_for_several, clear_gains, holm
from core.evaluate.verdict import summarise_arms, verdict


def test_that_holm_is_the_step_down_method_worked_by_hand():
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    # In rising order times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04; never falling.
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def compared(**accuracies):
    """Arms with nested mistakes, as in test_compare."""
    random = np.random.default_rng(0)
    difficulty = random.random(411)
    targets = np.arange(411) % 2
    metrics, scores = {}, {}
    for arm, accuracy in accuracies.items():
        for row in difficulty + random.normal(0, 0.03, (3, 411)) < accuracy:
            said = np.where(row, targets, 1 - targets)
            probabilities = np.eye(2)[said] * 0.6 + 0.2
            found = evaluate_predictions(probabilities, targets, ["no", "yes"], num_resamples=50)
            metrics.setdefault(arm, []).append(found)
            scores.setdefault(arm, []).append(example_scores(targets, said, 2))
    return summarise_arms(metrics, scores)


def test_that_clear_gains_and_losses_are_named_after_the_correction():
    arms = compared(base=0.8, mars=0.9, r3f=0.801, recadam=0.7)
    assert clear_gains(arms) == ["mars"]
    text = verdict(arms)
    assert text.startswith("MARS: ")
    assert "Over 3 comparisons with fine-tuning alone (Holm's correction)" in text
    assert "MARS is clearly better" in text
    assert text.endswith("Clearly worse: RecAdam.")


def test_that_no_gain_of_several_says_use_the_base_model():
    text = verdict(compared(base=0.8, mars=0.801, r3f=0.8, recadam=0.799))
    assert text.startswith("No gain here. ")
    assert "the best is " in text


def test_that_what_is_clear_alone_may_not_be_clear_among_several():
    arms = compared(base=0.8, mars=0.8)
    difference = {"value": 0.02, "low": 0.002, "high": 0.04, "p": 0.03, "is_clear": True}
    arms["mars"]["against"]["base"] = dict(difference)
    for name in ("r3f", "l2sp", "recadam"):
        quiet = {"value": 0.001, "low": -0.02, "high": 0.02, "p": 0.9, "is_clear": False}
        arms[name] = {**arms["mars"], "against": {"base": quiet}}
    adjust_for_several(arms)
    assert not arms["mars"]["against"]["base"]["is_clear_holm"]
    assert verdict(arms).startswith("No gain here.")
