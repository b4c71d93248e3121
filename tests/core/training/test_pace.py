"""Speed and time left, with a clock of our own."""

import pytest

from core.training import pace as pace_module
from core.training.pace import Pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(pace_module.time, "monotonic", lambda: now[0])
    return now


def marked(pace: Pace, clock: list[float], steps: range, step_s: float) -> None:
    for step in steps:
        pace.mark(step)
        clock[0] += step_s


def test_that_nothing_is_known_before_the_first_steps() -> None:
    pace = Pace(100, 8, 10)
    assert (pace.step_s, pace.images_per_s) == (None, 0.0)
    pace.mark(0)
    assert (pace.step_s, pace.stage_left_s, pace.run_left_s) == (None, None, None)


def test_that_speed_and_time_left_follow_from_the_marks(clock: list[float]) -> None:
    pace = Pace(100, 8, 10)
    marked(pace, clock, range(21), 0.5)
    assert pace.images_per_s == pytest.approx(16)
    assert pace.stage_left_s == pytest.approx(40)
    assert pace.run_left_s == pytest.approx(45)


def test_that_no_time_left_is_said_while_caches_warm_up(clock: list[float]) -> None:
    pace = Pace(100, 8, 10)
    marked(pace, clock, range(3), 0.5)
    assert pace.stage_left_s is None
    assert pace.run_left_s is None


def test_that_only_the_latest_steps_count(clock: list[float]) -> None:
    pace = Pace(1000, 8, None)
    marked(pace, clock, range(100), 5.0)
    marked(pace, clock, range(100, 200), 0.5)
    assert pace.step_s == pytest.approx(0.5)
    assert pace.run_left_s is None


def test_that_a_resumed_stage_warms_up_from_where_it_is(clock: list[float]) -> None:
    pace = Pace(100, 8, 0)
    marked(pace, clock, range(50, 53), 0.5)
    assert pace.stage_left_s is None
    marked(pace, clock, range(53, 61), 0.5)
    assert pace.stage_left_s == pytest.approx(20)
