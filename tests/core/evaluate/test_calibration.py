"""The temperature: worked by hand, and on answers whose sureness is known to be wrong."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from core.evaluate.calibration import fit_temperature
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
