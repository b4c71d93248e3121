"""The comparison of arms: gains are found, chance is called chance."""

import json

import numpy as np
import pytest

from core.evaluate.metrics import evaluate_predictions
from core.evaluate.verdict import summarise_arms, verdict


def made(correct):
    """The metrics of two-class predictions that are right where `correct`."""
    targets = np.arange(len(correct)) % 2
    probabilities = np.full((len(correct), 2), 0.2)
    probabilities[np.arange(len(correct)), np.where(correct, targets, 1 - targets)] = 0.8
    return evaluate_predictions(probabilities, targets, ["no", "yes"], num_resamples=200)


def compared(**accuracies):
    """Arms with nested mistakes: an image that a better arm gets wrong, a worse one does too."""
    random = np.random.default_rng(0)
    difficulty = random.random(411)
    correct = {}
    for arm, accuracy in accuracies.items():
        noise = random.normal(0, 0.03, (3, 411))
        correct[arm] = list(difficulty + noise < accuracy)
    metrics = {arm: [made(row) for row in rows] for arm, rows in correct.items()}
    return summarise_arms(metrics, correct), correct


@pytest.fixture(scope="module")
def gain():
    return compared(base=0.85, further=0.86, distilled=0.92)


def test_that_means_and_spread_are_over_seeds(gain):
    arms, correct = gain
    accuracies = [row.mean() for row in correct["base"]]
    assert arms["base"]["accuracy"] == pytest.approx(np.mean(accuracies))
    assert arms["base"]["std"]["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))
    assert arms["base"]["num_seeds"] == 3
    assert len(arms["base"]["seeds"]) == 3


def test_that_intervals_hold_their_values(gain):
    arms, _ = gain
    for arm in arms.values():
        for metric, interval in arm["intervals"].items():
            assert interval["low"] < interval["value"] < interval["high"]
            assert interval["value"] == pytest.approx(arm[metric])


def test_that_pairing_sees_what_separate_intervals_can_not():
    arms, _ = compared(base=0.85, distilled=0.89)
    own, better = (arms[arm]["intervals"]["accuracy"] for arm in ("base", "distilled"))
    assert better["low"] < own["high"]
    difference = arms["distilled"]["against"]["base"]
    assert difference["is_clear"]
    assert difference["high"] - difference["low"] < own["high"] - own["low"]


def test_that_a_difference_read_backwards_changes_its_sign(gain):
    arms, _ = gain
    there, back = arms["distilled"]["against"]["base"], arms["base"]["against"]["distilled"]
    assert there["value"] == pytest.approx(-back["value"])
    assert there["low"] == pytest.approx(-back["high"], abs=0.01)


def test_that_a_gain_is_said_with_its_numbers(gain):
    text = verdict(gain[0])
    assert text.startswith("Self-distillation: ")
    assert "fine-tuning alone: " in text
    assert "on 411 test images" in text
    assert "points better (95 % interval +" in text


def test_that_no_gain_is_said_honestly():
    text = verdict(compared(base=0.86, distilled=0.86)[0])
    assert text.startswith("No gain here: self-distillation: ")
    assert "may be chance" in text


def test_that_a_loss_is_said_with_the_advice_to_use_the_base():
    text = verdict(compared(base=0.9, distilled=0.8)[0])
    assert text.startswith("A loss here: ")
    assert text.endswith("Use the base model.")


def test_that_further_pretraining_is_named_when_it_alone_gains():
    text = verdict(compared(base=0.8, further=0.9, distilled=0.803)[0])
    assert text.startswith("No gain here")
    assert "Further pre-training: " in text
    assert text.endswith("does gain.")


def test_that_one_arm_alone_is_not_compared():
    text = verdict(compared(base=0.8)[0])
    assert text.startswith("Fine-tuning alone: ")
    assert text.endswith("there is nothing to compare with.")
    assert "nothing to compare" in verdict({})


def test_that_equal_arms_differ_by_exactly_nothing():
    rows = [np.random.default_rng(0).random(50) < 0.8]
    metrics = [made(rows[0])]
    arms = summarise_arms(
        {"base": metrics, "distilled": metrics}, {"base": rows, "distilled": rows}
    )
    difference = arms["distilled"]["against"]["base"]
    assert difference == {"value": 0.0, "low": 0.0, "high": 0.0, "is_clear": False}
    assert verdict(arms).startswith("No gain here")


def test_that_perfect_arms_keep_the_exact_interval():
    rows = [np.ones(20, dtype=bool)] * 2
    arms = summarise_arms({"base": [made(row) for row in rows]}, {"base": rows})
    interval = arms["base"]["intervals"]["accuracy"]
    assert interval == pytest.approx({"value": 1.0, "low": 0.025 ** (1 / 20), "high": 1.0})


def test_that_a_single_test_image_proves_nothing():
    right, wrong = [np.array([True])], [np.array([False])]
    arms = summarise_arms(
        {"base": [made(wrong[0])], "distilled": [made(right[0])]},
        {"base": wrong, "distilled": right},
    )
    assert not arms["distilled"]["against"]["base"]["is_clear"]
    assert "on 1 test image;" in verdict(arms)


def test_that_arms_with_different_numbers_of_seeds_are_compared():
    random = np.random.default_rng(2)
    rows = {"base": [random.random(300) < 0.6], "distilled": list(random.random((3, 300)) < 0.9)}
    metrics = {arm: [made(row) for row in each] for arm, each in rows.items()}
    difference = summarise_arms(metrics, rows)["distilled"]["against"]["base"]
    assert difference["is_clear"]
    assert 0.2 < difference["value"] < 0.4


def test_that_without_single_images_only_the_arms_themselves_are_summarised():
    metrics = {"base": [made(np.arange(40) % 5 > 0)], "distilled": [made(np.arange(40) % 9 > 0)]}
    arms = summarise_arms(metrics)
    assert arms["base"]["intervals"]["accuracy"] == metrics["base"][0]["accuracy"]
    assert arms["base"]["against"] == {}
    assert arms["base"]["std"]["accuracy"] is None
    assert verdict(arms).startswith("Self-distillation: ")


def test_that_the_summary_is_strict_json(gain):
    json.dumps(gain[0], allow_nan=False)


def test_that_seeds_that_disagree_widen_the_interval():
    rows = np.random.default_rng(0).random((3, 400))
    agreeing, disagreeing = rows < 0.8, rows < [[0.7], [0.8], [0.9]]
    widths = []
    for table in (agreeing, disagreeing):
        arms = summarise_arms({"base": [made(row) for row in table]}, {"base": list(table)})
        interval = arms["base"]["intervals"]["accuracy"]
        widths.append(interval["high"] - interval["low"])
    assert widths[1] > 2 * widths[0]


def test_that_intervals_of_differences_cover_the_truth_about_as_often_as_they_say():
    covered = 0
    for trial in range(120):
        random = np.random.default_rng(trial)
        ease = random.normal(1.0, 0.8, 150)
        rows = {}
        for arm, shift in (("base", 0.0), ("distilled", 0.25)):
            level = ease + shift + random.normal(0, 0.1, (3, 1))
            rows[arm] = list(level + random.normal(0, 1, (3, 150)) > 0)
        metrics = {arm: [_METRICS] * 3 for arm in rows}
        summary = summarise_arms(metrics, rows, num_resamples=300, seed=trial)
        difference = summary["distilled"]["against"]["base"]
        covered += difference["low"] <= _TRUE_DIFFERENCE <= difference["high"]
    assert 0.92 <= covered / 120 <= 1.0


_METRICS = made(np.arange(10) % 5 > 0)
# P(N(1.25, s) > 0) - P(N(1, s) > 0) with s² = 0.8² + 0.1² + 1
_TRUE_DIFFERENCE = 0.0529
