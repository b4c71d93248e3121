"""A fitted layer that is no surer of its own examples than of new ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import log_softmax

from core.evaluate.regularised_probe import LinearLayer, fit_regularised
from core.evaluate.softening import softened


def mean_loss(targets):
    rows = np.arange(len(targets))
    return lambda logits: float(-log_softmax(logits, axis=1)[rows, targets].mean())


def test_that_a_hand_worked_layer_gets_the_loss_of_held_out_examples() -> None:
    # Logits of -2 and 2, always right: a loss of ln(1 + exp(-4)). Half as far apart: ln(1 + e^-2).
    layer = LinearLayer(
        np.array([[-2.0], [2.0]], dtype=np.float32),
        np.zeros(2, dtype=np.float32),
        strength=0.05,
        num_examples=4,
        held_loss=float(np.log1p(np.exp(-2))),
    )
    features, targets = np.array([[1.0], [-1.0], [1.0], [-1.0]]), np.array([1, 0, 1, 0])
    found = softened(layer, features, mean_loss(targets))
    np.testing.assert_allclose(found.weight, [[-1.0], [1.0]], rtol=1e-3)
    # Surer than of new ones it never gets.
    surer = softened(replace(layer, held_loss=0.001), features, mean_loss(targets))
    np.testing.assert_array_equal(surer.weight, layer.weight)
    # And where no cross-validation could be, nothing is known.
    assert softened(replace(layer, held_loss=None), features, mean_loss(targets)).weight is (
        layer.weight
    )


def test_that_few_examples_and_many_features_give_a_soft_layer_with_the_same_answers() -> None:
    random = np.random.default_rng(0)
    targets = np.arange(60) % 3
    centres = random.normal(size=(3, 200)) * 0.3
    features = (centres[targets] + random.normal(size=(60, 200))).astype(np.float32)
    layer = fit_regularised(features, targets, 3, seed=0)
    assert layer is not None
    assert layer.held_loss is not None
    loss = mean_loss(targets)
    assert loss(layer.logits(features)) < 0.5 * layer.held_loss
    found = softened(layer, features, loss)
    assert loss(found.logits(features)) == pytest.approx(layer.held_loss, rel=1e-2)
    np.testing.assert_array_equal(
        found.logits(features).argmax(axis=1), layer.logits(features).argmax(axis=1)
    )


def test_that_a_layer_that_tells_nothing_of_new_examples_stays_finite() -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(40, 100)).astype(np.float32)
    targets = random.integers(0, 2, 40)
    layer = fit_regularised(features, targets, 2, seed=0)
    assert layer is not None
    found = softened(replace(layer, held_loss=5.0), features, mean_loss(targets))
    np.testing.assert_allclose(found.weight * 20, layer.weight, rtol=1e-5)
