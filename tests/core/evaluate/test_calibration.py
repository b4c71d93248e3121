"""The temperature: worked by hand, and on answers whose sureness is known to be wrong."""

from functools import partial

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from core.evaluate.calibration import cautious, fit_temperature, log_losses
from core.evaluate.metrics import evaluate_predictions


def drawn(number: int, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits of five classes, and classes as often as the logits over a temperature say."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 3, (number, 5))
    odds = softmax(logits / temperature, axis=1).cumsum(axis=1)
    return logits, (random.random((number, 1)) > odds).sum(axis=1).clip(max=4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_that_the_temperature_is_found_by_which_answers_are_too_sure(temperature: float) -> None:
    logits, targets = drawn(4000, temperature)
    assert fit_temperature(logits, targets) == pytest.approx(temperature, rel=0.05)
    # Logarithms of probabilities differ from logits by a number for each example.
    assert fit_temperature(log_softmax(logits, axis=1), targets) == pytest.approx(
        fit_temperature(logits, targets), rel=1e-4
    )


def test_that_the_calibration_error_of_other_examples_falls() -> None:
    logits, targets = drawn(6000, 3.0)
    temperature = fit_temperature(logits[:500], targets[:500])
    errors = [
        evaluate_predictions(
            softmax(logits[500:] / each, axis=1), targets[500:], "abcde", num_resamples=9
        )["calibration_error"]
        for each in (1.0, temperature)
    ]
    assert errors[0] > 0.2
    assert errors[1] < 0.03


def test_that_a_few_right_answers_do_not_make_it_certain() -> None:
    # With one class ahead by 1, probabilities p of the truth that are best for 3 right answers
    # and a fourth of any class: 3/4 + 1/8 of two classes.
    logits, targets = np.array([[1.0, 0.0]] * 3), np.zeros(3, dtype=int)
    temperature = fit_temperature(logits, targets)
    assert softmax(logits[0] / temperature)[0] == pytest.approx(7 / 8, abs=1e-3)


def _losses_at(logits: np.ndarray, targets: np.ndarray, temperature: float) -> np.ndarray:
    return log_losses(logits / temperature, targets)


def found(number: int, temperature: float) -> tuple[float, float]:
    """What is fitted to so many examples, and what of it is proved."""
    logits, targets = drawn(number, temperature)
    fitted = fit_temperature(logits, targets)
    return fitted, cautious(fitted, partial(_losses_at, logits, targets))


def test_that_answers_are_made_surer_only_as_far_as_examples_prove() -> None:
    fitted, of_many = found(4000, 0.5)
    assert fitted < of_many < 1.1 * fitted
    # At the bound their losses are one standard error apart.
    logits, targets = drawn(4000, 0.5)
    more = _losses_at(logits, targets, of_many) - _losses_at(logits, targets, fitted)
    assert more.mean() == pytest.approx(more.std(ddof=1) / np.sqrt(4000), rel=0.01)
    fitted, of_few = found(100, 0.7)
    assert 1.1 * fitted < of_few < 1.0
    fitted, nothing = found(100, 0.8)
    assert fitted < 0.9
    assert nothing == 1.0
    # One example proves nothing.
    assert cautious(0.5, lambda _: np.zeros(1)) == 1.0


def test_that_what_is_too_sure_is_believed_to_be() -> None:
    fitted, proved = found(12, 2.5)
    assert fitted == proved > 1
