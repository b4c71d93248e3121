"""The linear layer and the neighbours that answer without fine-tuning."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from core.evaluate.neighbours import neighbours_probabilities
from core.evaluate.regularised_probe import STRENGTHS, fit_regularised


def clouds(number: int, *, noise: float, width: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Three classes that differ in two of many directions."""
    random = np.random.default_rng(0)
    targets = np.arange(number) % 3
    features = random.normal(0, noise, (number, width)).astype(np.float32)
    features[:, :2] += np.array([[3, 0], [0, 3], [-3, -3]])[targets]
    return features, targets


def test_that_the_layer_is_the_logistic_regression_of_the_chosen_strength():
    features, targets = clouds(60, noise=3)
    layer = fit_regularised(features, targets, 3, seed=0)
    assert layer is not None
    assert layer.num_examples == 60
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=layer.strength).fit(scaler.transform(features), targets)
    expected = model.predict_proba(scaler.transform(features))
    np.testing.assert_allclose(softmax(layer.logits(features), axis=1), expected, atol=0.02)


def test_that_what_is_hard_to_tell_is_held_back_more_than_what_is_easy():
    strengths = []
    for noise in (8, 0.3):
        layer = fit_regularised(*clouds(90, noise=noise), 3, seed=0)
        assert layer is not None
        strengths.append(layer.strength)
    assert min(STRENGTHS) <= strengths[0] < strengths[1]


def test_that_a_held_back_layer_is_not_surer_than_it_may_be():
    features, targets = clouds(600, noise=3)
    fit, held = slice(0, 60), slice(60, None)
    layer = fit_regularised(features[fit], targets[fit], 3, seed=0)
    assert layer is not None
    free = LogisticRegression(C=1e4, max_iter=5000).fit(features[fit], targets[fit])
    ours = softmax(layer.logits(features[held]), axis=1)
    losses = [log_loss(targets[held], p) for p in (ours, free.predict_proba(features[held]))]
    # Better than knowing nothing, log 3, where the free one is sure of what it has wrong.
    assert losses[0] < np.log(3) < losses[1]


def test_that_a_class_without_examples_is_never_the_answer():
    features, targets = clouds(60, noise=1)
    layer = fit_regularised(features, targets + (targets == 2), 5, seed=0)
    assert layer is not None
    assert set(layer.logits(features).argmax(1)) == {0, 1, 3}
    votes = neighbours_probabilities(features, targets, 5, features, k=3, seed=0)
    assert votes is not None
    assert votes[:, 3:].max() == 0


def test_that_a_class_of_one_example_is_fitted():
    features, targets = clouds(31, noise=1)
    targets = np.where(np.arange(31) == 0, 3, targets)
    layer = fit_regularised(features, targets, 4, seed=0)
    assert layer is not None
    assert np.isfinite(layer.weight).all()


@pytest.mark.parametrize("spoil", ["value", "classes"])
def test_that_there_is_no_layer_where_none_can_be(spoil):
    features, targets = clouds(30, noise=1)
    if spoil == "value":
        features[3, 5] = np.nan
        assert neighbours_probabilities(features, targets, 3, features, k=3, seed=0) is None
    else:
        targets[:] = 1
    assert fit_regularised(features, targets, 3, seed=0) is None


def test_that_neighbours_vote_by_their_nearness():
    fitted = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=np.float32)
    targets = np.array([0, 1, 1, 2])
    votes = neighbours_probabilities(
        fitted, targets, 3, np.array([[1, 0]], dtype=np.float32), k=3, seed=0
    )
    # Cosines 1, 0.8 and 0; votes exp(cosine / 0.07).
    weights = np.exp(np.array([1, 0.8, 0]) / 0.07)
    expected = np.array([weights[0], weights[1] + weights[2], 0]) / weights.sum()
    np.testing.assert_allclose(votes[0], expected, atol=1e-6)
