"""Time left of what has no training steps."""

import pytest

from core.run.events import Event, Progress
from core.training.context import Adjustments, RunContext
from core.training.countdown import Countdown

PART = ("prepare", "tokenising texts (MiB)")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that a test sets."""
    now = [100.0]
    monkeypatch.setattr("core.training.countdown.time.monotonic", lambda: now[0])
    return now


def test_that_the_time_left_follows_the_speed_of_the_last_minute(clock: list[float]) -> None:
    countdown = Countdown()
    done = 0
    for second in range(200):
        clock[0] = 100.0 + second
        # Ten a second at first, then another program takes four fifths of the machine.
        done += 10 if second < 100 else 2
        left = countdown.left_s(PART, done, 10_000)
        if second in {3, 99}:
            assert left == pytest.approx((10_000 - done) / 10)
    assert left == pytest.approx((10_000 - done) / 2)


def test_that_nothing_is_said_before_it_can_be_told(clock: list[float]) -> None:
    countdown = Countdown()
    for tenth in range(29):
        clock[0] = 100.0 + tenth / 10
        assert countdown.left_s(PART, tenth, 1000) is None
    clock[0] = 104.0
    assert countdown.left_s(PART, 40, 1000) == pytest.approx(96)
    # Another part begins, or the same one anew; nobody knows how much; nothing moves.
    assert countdown.left_s(("prepare", "reading texts (MiB)"), 40, 1000) is None
    clock[0] = 120.0
    assert countdown.left_s(("prepare", "reading texts (MiB)"), 30, 1000) is None
    clock[0] = 140.0
    assert countdown.left_s(("prepare", "reading texts (MiB)"), 30, 1000) is None
    assert countdown.left_s(("prepare", "reading texts (MiB)"), 60, 0) is None


def test_that_a_run_says_it_with_its_progress(clock: list[float], tmp_path) -> None:
    told: list[Event] = []
    context = RunContext(told.append, Adjustments(tmp_path / "adjustments.json"))
    for second in (0, 5):
        clock[0] = 100.0 + second
        stage, what = PART
        context.report(Progress(stage=stage, what=what, done=second, total=25))
    assert [getattr(event, "left_s", 0) for event in told] == [None, pytest.approx(20)]
