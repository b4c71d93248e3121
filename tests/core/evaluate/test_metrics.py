"""Scores, intervals and tables of one classifier, against scikit-learn and by hand."""

import json
import time

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from core.evaluate.metrics import evaluate_predictions, resampled_scores

NAMES = ["ant", "bee", "cat", "dog"]
SCORES = ("accuracy", "balanced_accuracy", "macro_f1")


def one_hot(predictions, num_classes=4, confidence=0.7):
    rest = (1 - confidence) / (num_classes - 1)
    probabilities = np.full((len(predictions), num_classes), rest, dtype=np.float32)
    probabilities[np.arange(len(predictions)), predictions] = confidence
    return probabilities


@pytest.fixture(scope="module")
def skewed():
    random = np.random.default_rng(0)
    targets = random.choice(4, 400, p=[0.6, 0.25, 0.1, 0.05])
    wrong = random.random(400) < 0.3
    return targets, np.where(wrong, random.integers(0, 4, 400), targets)


def test_that_scores_are_scikit_learns(skewed):
    targets, predictions = skewed
    result = evaluate_predictions(one_hot(predictions), targets, NAMES)
    assert result["num_images"] == 400
    assert result["accuracy"]["value"] == pytest.approx((targets == predictions).mean())
    balanced = balanced_accuracy_score(targets, predictions)
    assert result["balanced_accuracy"]["value"] == pytest.approx(balanced)
    macro = f1_score(targets, predictions, average="macro")
    assert result["macro_f1"]["value"] == pytest.approx(macro)
    micro = f1_score(targets, predictions, average="micro")
    assert result["micro_f1"]["value"] == pytest.approx(micro)


def test_that_resampled_scores_are_scikit_learns_for_every_resample(skewed):
    targets, predictions = (array[:30] for array in skewed)
    images = np.random.default_rng(1).integers(0, 30, (25, 30))
    scores = resampled_scores(targets[images], predictions[images], 4)
    for resample, chosen in enumerate(images):
        truth, guess = targets[chosen], predictions[chosen]
        macro = f1_score(truth, guess, labels=np.unique(truth), average="macro", zero_division=0)
        recall = np.mean([(guess[truth == c] == c).mean() for c in np.unique(truth)])
        np.testing.assert_allclose(scores[:, resample], [(truth == guess).mean(), recall, macro])


def test_that_an_interval_of_accuracy_has_the_width_of_the_binomial(skewed):
    targets, predictions = skewed
    accuracy = evaluate_predictions(one_hot(predictions), targets, NAMES)["accuracy"]
    value = accuracy["value"]
    width = 2 * 1.96 * np.sqrt(value * (1 - value) / 400)
    assert accuracy["high"] - accuracy["low"] == pytest.approx(width, rel=0.15)
    assert accuracy["low"] < value < accuracy["high"]


def test_that_the_same_seed_gives_the_same_intervals(skewed):
    targets, predictions = skewed
    first, again, other = (
        evaluate_predictions(one_hot(predictions), targets, NAMES, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first["macro_f1"]["low"] != other["macro_f1"]["low"]


@pytest.mark.parametrize("num_images", [1, 10])
def test_that_a_perfect_score_on_few_images_keeps_its_doubt(num_images):
    targets = np.arange(num_images) % 4
    result = evaluate_predictions(one_hot(targets), targets, NAMES)
    for score in SCORES:
        low = 0.025 ** (1 / num_images)
        assert result[score] == pytest.approx({"value": 1.0, "low": low, "high": 1.0})


def test_that_a_score_of_zero_keeps_its_doubt():
    targets = np.zeros(6, dtype=np.int64)
    accuracy = evaluate_predictions(one_hot(targets + 1), targets, NAMES)["accuracy"]
    assert accuracy["low"] == accuracy["value"] == 0
    assert accuracy["high"] == pytest.approx(1 - 0.025 ** (1 / 6))


def test_that_a_class_without_test_images_is_unknown_rather_than_zero():
    targets = np.array([0, 0, 1, 1, 2, 2])
    predictions = np.array([0, 0, 1, 1, 2, 3])
    result = evaluate_predictions(one_hot(predictions), targets, NAMES)
    assert result["balanced_accuracy"]["value"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert result["macro_f1"]["value"] == pytest.approx((1 + 1 + 2 / 3) / 3)
    expected = {"class": "dog", "support": 0, "precision": 0.0, "recall": None, "f1": None}
    assert result["per_class"][3] == expected
    assert result["confusion_matrix"][2] == [0, 0, 1, 1]
    assert result["confusion_matrix"][3] == [0, 0, 0, 0]


def test_that_a_class_never_predicted_has_no_precision():
    targets = np.array([0, 1, 2, 2])
    row = evaluate_predictions(one_hot(np.zeros(4, int)), targets, NAMES)["per_class"][2]
    assert row == {"class": "cat", "support": 2, "precision": None, "recall": 0.0, "f1": 0.0}


def test_that_every_interval_holds_its_value_when_classes_have_one_image_each():
    targets = np.arange(40)
    predictions = np.where(targets % 4 == 0, 0, targets)
    names = [str(number) for number in range(40)]
    result = evaluate_predictions(one_hot(predictions, 40), targets, names)
    for score in SCORES:
        assert result[score]["low"] <= result[score]["value"] <= result[score]["high"]


def test_that_calibration_error_is_the_gap_between_confidence_and_accuracy():
    targets = np.zeros(100, dtype=np.int64)
    predictions = np.where(np.arange(100) < 40, 0, 1)
    result = evaluate_predictions(one_hot(predictions, confidence=0.9), targets, NAMES)
    assert result["calibration_error"] == pytest.approx(0.5, abs=1e-5)


def test_that_the_result_is_strict_json(skewed):
    targets, predictions = skewed
    result = evaluate_predictions(one_hot(predictions), targets, NAMES)
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_that_many_classes_do_not_slow_it_down():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(102), 1000)
    targets = random.integers(0, 102, 1000)
    names = [str(number) for number in range(102)]
    evaluate_predictions(probabilities[:5], targets[:5], names)  # imports
    start = time.process_time()
    evaluate_predictions(probabilities, targets, names)
    assert time.process_time() - start < 4
