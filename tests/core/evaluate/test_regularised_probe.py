"""The probe whose strength is chosen, the loss at the best temperature, and the test of flips."""

import numpy as np
import pytest

from core.evaluate.flip_test import _can_tell, _loses, flip_test
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


def pictures(classes: str, each: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Coarse grey pictures with a spot on the left, on the right, at the top or at the bottom."""
    random = np.random.default_rng(seed)
    places = {"left": (6, 2), "right": (6, 9), "top": (2, 5.5), "bottom": (9, 5.5)}
    targets = np.repeat(np.arange(len(classes.split())), each)
    rows, columns = np.mgrid[:12, :12]
    spots = []
    for target in targets:
        row, column = places[classes.split()[target]] + random.normal(size=2)
        spots.append(np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 4))
    grey = np.stack(spots) + 0.3 * random.normal(size=(len(targets), 12, 12))
    return grey.astype(np.float32), targets


def test_that_pixels_show_a_mirror_that_the_encoder_does_not_see() -> None:
    grey, targets = pictures("left right top", 12, seed=13)
    # Left and right are the same to it, and so is an image and its mirror image.
    features, _ = clusters(len(targets), 0.0, seed=14)
    features[targets == 2] += 6
    blind = flip_test(features, features, targets, seed=0)
    assert blind.is_harmless
    test = flip_test(features, features, targets, seed=0, grey=grey)
    assert not test.is_harmless
    assert test.mirrored == (0, 1)
    assert "flipped left look like right" in test.in_words(["left", "right", "top"])


def test_that_pixels_of_symmetric_classes_do_not_speak_against_flips() -> None:
    grey, targets = pictures("top bottom", 40, seed=15)
    features, _ = clusters(len(targets), 0.0, seed=16)
    features[targets == 1] += 6
    assert flip_test(features, features, targets, seed=0, grey=grey).is_harmless


@pytest.mark.parametrize(("num_right", "is_harmless"), [(13, False), (19, True)])
def test_that_what_few_images_tell_by_chance_is_too_little(
    num_right: int, is_harmless: bool
) -> None:
    right = np.arange(20) < num_right
    assert _can_tell(right, 0.5) is is_harmless


def test_that_a_rare_class_does_not_forbid_flips() -> None:
    targets = (np.arange(400) >= 376).astype(np.int64)
    features = np.random.default_rng(17).normal(size=(400, 8)).astype(np.float32)
    features[targets == 1] += 8
    test = flip_test(features, features, targets, seed=0)
    assert test.accuracy == 1
    assert test.is_harmless


def test_that_a_large_loss_of_few_images_is_believed() -> None:
    right = np.array([[True] * 17 + [False] * 3, [True] * 12 + [False] * 8])
    assert _loses(right)
    assert not _loses(np.array([[True] * 17 + [False] * 3, [True] * 15 + [False] * 5]))
