"""How sure and how right, and what thresholds give: worked out by hand, and beside scikit-learn."""

import numpy as np
import pytest

from core.evaluate.metrics import evaluate_predictions
from core.readers.ranking import precision_recall, roc
from core.readers.reliability import before_temperature, calibration_error, reliability


def test_that_answers_are_counted_where_they_are_as_sure() -> None:
    confidence = np.array([0.6, 0.62, 0.98, 1.0])
    bins = reliability(confidence, np.array([True, False, True, True]))
    assert [(each.count, each.right) for each in bins] == [(1, 1.0), (1, 0.0), (2, 1.0)]
    assert bins[-1].said == pytest.approx(0.99)
    # Off by 0.4, by 0.62, and twice by 0.01.
    assert calibration_error(bins) == pytest.approx(0.26)


def test_that_the_error_is_the_one_in_the_results() -> None:
    generator = np.random.default_rng(3)
    probabilities = generator.dirichlet(np.ones(4), 200)
    targets = generator.integers(0, 4, 200)
    right = probabilities.argmax(1) == targets
    found = calibration_error(reliability(probabilities.max(1), right))
    kept = evaluate_predictions(probabilities, targets, list("abcd"), seed=0)
    assert found == pytest.approx(kept["calibration_error"], abs=1e-5)


def test_that_a_temperature_can_be_taken_back() -> None:
    logits = np.array([[2.0, 0.0, -1.0]])
    cooled = np.exp(logits / 2) / np.exp(logits / 2).sum()
    assert before_temperature(cooled, 2.0) == pytest.approx(np.exp(logits) / np.exp(logits).sum())


def test_that_curves_of_thresholds_are_those_worked_out_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    positive = np.array([True, False, True, False])
    found = roc(scores, positive)
    assert found.x.tolist() == [0, 0, 0.5, 0.5, 1]
    assert found.y.tolist() == [0, 0.5, 0.5, 1, 1]
    # Three of four pairs are in order.
    assert found.area == 0.75
    ranked = precision_recall(scores, positive)
    assert ranked.y.tolist() == pytest.approx([1, 1 / 2, 2 / 3, 1 / 2])
    assert ranked.area == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_that_equal_scores_are_one_threshold() -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    generator = np.random.default_rng(5)
    scores, positive = generator.integers(0, 6, 80) / 5, generator.random(80) < 0.3
    assert roc(scores, positive).area == pytest.approx(roc_auc_score(positive, scores))
    expected = average_precision_score(positive, scores)
    assert precision_recall(scores, positive).area == pytest.approx(expected)
