"""The probe whose strength is chosen, the loss at the best temperature, and the test of flips."""

import numpy as np
import pytest

from core.evaluate.flip_test import flip_test
from core.evaluate.held_out_loss import calibrated_losses
from core.evaluate.regularised_probe import STRENGTHS, fit_regularised


def clusters(number: int, distance: float, seed: int, noisy: int = 0):
    """(N, 8 + noisy) features of three classes, told apart in the first eight dimensions."""
    random = np.random.default_rng(seed)
    targets = np.arange(number) % 3
    centres = np.random.default_rng(9).normal(size=(3, 8))
    features = random.normal(size=(number, 8)) + distance * centres[targets]
    noise = random.normal(size=(number, noisy))
    return np.concatenate([features, noise], axis=1).astype(np.float32), targets


def test_that_features_that_tell_little_get_a_strong_penalty() -> None:
    clear = fit_regularised(*clusters(120, 4.0, seed=0), 3, seed=0)
    faint = fit_regularised(*clusters(120, 0.2, seed=0, noisy=60), 3, seed=0)
    assert clear is not None
    assert faint is not None
    assert faint.strength < clear.strength
    assert {clear.strength, faint.strength} <= set(STRENGTHS)


def test_that_the_layer_answers_for_features_as_they_are_at_any_scale() -> None:
    features, targets = clusters(120, 2.0, seed=1)
    others, truth = clusters(90, 2.0, seed=2)
    answers = []
    for scale, shift in ((1.0, 0.0), (100.0, 30.0), (0.01, -2.0)):
        found = fit_regularised(scale * features + shift, targets, 3, seed=0)
        assert found is not None
        answers.append(found.logits(scale * others + shift))
        assert (answers[-1].argmax(axis=1) == truth).mean() > 0.9
    for each in answers[1:]:
        np.testing.assert_allclose(each, answers[0], atol=2e-2)


def test_that_classes_without_examples_are_never_the_answer() -> None:
    features, targets = clusters(90, 3.0, seed=5)
    two = targets != 1
    found = fit_regularised(features[two], targets[two], 4, seed=0)
    assert found is not None
    assert set(found.logits(features).argmax(axis=1)) == {0, 2}
    assert fit_regularised(features, np.zeros_like(targets), 3, seed=0) is None
    features[0, 0] = np.nan
    assert fit_regularised(features, targets, 3, seed=0) is None


def test_that_the_loss_is_that_of_a_hand_worked_case_and_takes_no_side_for_sureness() -> None:
    half = np.full((4, 2), 0.5)
    assert calibrated_losses(half, np.array([0, 1, 0, 1])).mean() == pytest.approx(np.log(2))
    random = np.random.default_rng(0)
    logits = random.normal(size=(200, 3))
    targets = (logits + random.gumbel(size=(200, 3))).argmax(axis=1)
    losses = []
    for sureness in (0.5, 1.0, 2.0):
        shares = np.exp(sureness * logits)
        losses.append(calibrated_losses(shares / shares.sum(axis=1, keepdims=True), targets).mean())
    assert max(losses) - min(losses) < 2e-3


# --- flips --------------------------------------------------------------------------------------


def test_that_flips_that_change_nothing_are_harmless() -> None:
    features, targets = clusters(300, 1.5, seed=6)
    again = np.random.default_rng(7).normal(size=features.shape).astype(np.float32)
    test = flip_test(features, features + 0.1 * again, targets, seed=0)
    assert test.is_harmless
    assert "of 300 others" in test.in_words(["a", "b", "c"])


def test_that_flips_that_turn_a_class_into_another_are_refused() -> None:
    features, targets = clusters(300, 3.0, seed=8)
    # Flipped, the first class looks as the second does, as b looks as d.
    flipped = features.copy()
    flipped[targets == 0] = features[targets == 1]
    test = flip_test(features, flipped, targets, seed=0)
    assert not test.is_harmless
    assert test.worst_class == 0
    assert "of bee far fewer" in test.in_words(["bee", "ant", "fly"])


def test_that_one_class_of_many_is_enough_to_refuse_flips() -> None:
    random = np.random.default_rng(10)
    targets = np.arange(2400) % 120
    centres = random.normal(size=(120, 40))
    features = (3 * centres[targets] + random.normal(size=(2400, 40))).astype(np.float32)
    flipped = features.copy()
    flipped[targets == 5] = features[targets == 6]
    test = flip_test(features, flipped, targets, seed=0)
    assert test.accuracy is not None
    assert test.flipped_accuracy is not None
    assert test.accuracy - test.flipped_accuracy < 0.01
    assert not test.is_harmless
    assert test.worst_class == 5


def test_that_a_probe_that_can_not_tell_the_classes_decides_against_flips() -> None:
    features, targets = clusters(200, 0.0, seed=11)
    assert not flip_test(features, features, targets, seed=0).is_harmless
    alone = flip_test(features, features, np.zeros_like(targets), seed=0)
    assert not alone.is_harmless
    assert "too few" in alone.in_words(["a"])
