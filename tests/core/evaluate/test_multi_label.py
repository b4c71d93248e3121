"""Numbers of multi-label classifiers: against scikit-learn, by hand, and their intervals."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.preprocessing import StandardScaler

from core.evaluate.multi_label import evaluate_tags, first_is_right, tag_scores
from core.evaluate.precision import RankedTag
from core.evaluate.sigmoid_layer import fit_tag_temperature, fit_tags, tag_votes
from core.evaluate.thresholds import chosen_thresholds

HALF = np.full(4, 0.5)


def made(number: int = 200, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    # Rounded: scores are tied, as those of nearest neighbours are.
    probabilities = np.round(random.random((number, 4)), 2)
    return probabilities, (random.random((number, 4)) < 0.7 * probabilities).astype(np.float32)


def test_that_the_numbers_are_those_of_scikit_learn() -> None:
    probabilities, targets = made()
    found = evaluate_tags(probabilities, targets, HALF, list("abcd"), num_resamples=100)
    said = probabilities >= 0.5
    for name, wanted in (
        ("mean_average_precision", average_precision_score(targets, probabilities)),
        ("micro_f1", f1_score(targets, said, average="micro")),
        ("macro_f1", f1_score(targets, said, average="macro")),
    ):
        assert found[name]["value"] == pytest.approx(wanted)
        assert found[name]["low"] < wanted < found[name]["high"]
    for c, row in enumerate(found["per_class"]):
        own = average_precision_score(targets[:, c], probabilities[:, c])
        assert row["average_precision"] == pytest.approx(own)


def test_that_a_label_without_examples_is_in_no_mean() -> None:
    probabilities, targets = made()
    targets[:, 3] = 0
    found = evaluate_tags(probabilities, targets, HALF, list("abcd"), num_resamples=10)
    wanted = average_precision_score(targets[:, :3], probabilities[:, :3])
    assert found["mean_average_precision"]["value"] == pytest.approx(wanted)
    assert found["per_class"][3]["average_precision"] is None
    assert found["per_class"][3]["f1"] is None


def test_that_influences_are_the_derivatives_of_the_average_precision() -> None:
    probabilities, targets = made(60)
    tag = RankedTag(probabilities[:, 0], targets[:, 0].astype(bool))
    value, influences = tag.influences()
    even = np.ones((1, 60))
    assert value == pytest.approx(tag.average_precision(even)[0])
    for place in range(60):
        more = even.copy()
        more[0, place] += 1e-6
        by_hand = (tag.average_precision(more)[0] - value) / 1e-6
        assert influences[place] == pytest.approx(by_hand, abs=1e-6)


def test_that_scores_of_examples_vary_as_the_numbers_do_in_other_samples() -> None:
    others = np.array([tag_scores(*made(150, seed), HALF).mean(axis=1) for seed in range(300)])
    probabilities, targets = made(150)
    scores = tag_scores(probabilities, targets, HALF)
    predicted = scores.std(axis=1) / np.sqrt(150)
    np.testing.assert_allclose(predicted, others.std(axis=0), rtol=0.25)


def test_that_a_threshold_is_where_f1_is_best_and_a_rare_label_has_the_common_one() -> None:
    probabilities = np.array([[0.9], [0.8], [0.7], [0.3], [0.2], [0.1]]).repeat(10, axis=0)
    targets = np.array([[1], [1], [1], [1], [0], [0]]).repeat(10, axis=0)
    assert chosen_thresholds(probabilities, targets) == pytest.approx([0.25])
    rare = np.zeros_like(targets)
    rare[0] = 1
    both = chosen_thresholds(np.hstack([probabilities] * 2), np.hstack([targets, rare]))
    assert both[0] == pytest.approx(0.25)
    assert both[1] != pytest.approx(0.95)
    assert chosen_thresholds(probabilities, np.zeros_like(targets)) == pytest.approx([0.5])


def test_that_the_layer_of_a_label_is_its_own_logistic_regression() -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(150, 12)).astype(np.float32)
    targets = (features @ random.normal(size=(12, 3)) > 0.3).astype(np.float32)
    targets = np.column_stack([targets, np.ones(150), np.zeros(150)]).astype(np.float32)
    layer = fit_tags(features, targets, seed=0, strength=0.05)
    assert layer is not None
    scaled = StandardScaler().fit_transform(features)
    for c in range(3):
        wanted = LogisticRegression(C=0.05, tol=1e-8, max_iter=2000).fit(scaled, targets[:, c])
        own = layer.logits(features)[:, c]
        np.testing.assert_allclose(own, wanted.decision_function(scaled), atol=5e-3)
    # What always or never applies is said so, whatever the features.
    assert (layer.weight[3:] == 0).all()
    assert layer.bias[3] > 5
    assert layer.bias[4] < -5


def test_that_nearest_neighbours_vote_for_each_label() -> None:
    features = np.eye(4, dtype=np.float32)
    targets = np.array([[1, 1], [0, 1], [0, 0], [1, 0]], dtype=np.float32)
    found = tag_votes(features, targets, features[:2], k=1, seed=0)
    np.testing.assert_allclose(found, targets[:2])


def test_that_logits_that_are_too_sure_are_divided() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(500, 3))
    targets = (random.random((500, 3)) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    assert fit_tag_temperature(3 * logits, targets) == pytest.approx(3, rel=0.15)


def test_that_the_likeliest_label_counts_and_where_none_applies_that_none_is_likely() -> None:
    targets = np.array([[1, 0], [1, 0], [0, 0], [0, 0]])
    probabilities = np.array([[0.9, 0.1], [0.1, 0.9], [0.4, 0.3], [0.6, 0.1]])
    assert first_is_right(probabilities, targets).tolist() == [True, False, True, False]
