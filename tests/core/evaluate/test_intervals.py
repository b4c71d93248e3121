"""Intervals that hold what they promise."""

import numpy as np
import pytest

from core.evaluate.intervals import bootstrap_interval, estimate, exact_interval


def test_that_several_numbers_get_their_intervals_from_the_same_resamples():
    values = np.random.default_rng(0).normal(size=200)

    def statistic(images, axis=-1):
        return np.stack([values[images].mean(axis), values[images].mean(axis) + 10])

    low, high = bootstrap_interval(200, statistic, seed=0, num_resamples=500)
    np.testing.assert_allclose(low[1] - low[0], 10)
    np.testing.assert_allclose(high[1] - high[0], 10)
    assert high[0] - low[0] == pytest.approx(4 * values.std() / np.sqrt(200), rel=0.15)


def test_that_resampling_in_small_batches_keeps_the_width(monkeypatch):
    values = np.random.default_rng(0).normal(size=50)

    def mean(images, axis=-1):
        assert images.size <= 250
        return values[images].mean(axis)

    monkeypatch.setattr("core.evaluate.intervals._INDICES_AT_ONCE", 250)
    low, high = bootstrap_interval(50, mean, seed=0, num_resamples=300)
    assert high - low == pytest.approx(4 * values.std() / np.sqrt(50), rel=0.25)


def test_that_the_exact_interval_of_no_error_in_100_is_the_rule_of_three():
    low, high = exact_interval(100, 100)
    assert low == pytest.approx(1 - 3.7 / 100, abs=0.002)
    assert high == 1


def test_that_an_estimate_holds_its_value():
    assert estimate(0.5, 0.55, 0.6) == {"value": 0.5, "low": 0.5, "high": 0.6}
