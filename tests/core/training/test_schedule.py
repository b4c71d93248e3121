"""The learning rate, step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.schedule import lr_at


def test_that_the_rate_starts_at_its_peak_without_warmup() -> None:
    assert lr_at(0, num_steps=10, warmup_steps=0, lr=0.5) == 0.5


def test_that_the_rate_rises_linearly_then_falls_linearly() -> None:
    rates = [lr_at(step, num_steps=10, warmup_steps=4, lr=0.8) for step in range(11)]
    rising, falling = [0, 0.2, 0.4, 0.6], [0.8 * (10 - step) / 6 for step in range(4, 11)]
    assert rates == pytest.approx(rising + falling)


@given(st.integers(1, 1000), st.data())
def test_that_the_rate_stays_between_zero_and_its_peak(num_steps: int, data: st.DataObject) -> None:
    warmup = data.draw(st.integers(0, num_steps - 1))
    step = data.draw(st.integers(0, num_steps - 1))
    rate = lr_at(step, num_steps=num_steps, warmup_steps=warmup, lr=2.0)
    assert 0 <= rate <= 2.0
    assert rate > 0 or step == 0
    assert lr_at(num_steps, num_steps=num_steps, warmup_steps=warmup, lr=2.0) == 0
