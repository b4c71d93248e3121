"""Progress at a pace that people can read and a log can hold."""

import pytest

from core.system.progress import Paced


def test_that_what_takes_long_is_reported_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("core.system.progress.time.monotonic", lambda: now[0])
    told: list[int] = []
    paced = Paced(lambda _what, done, _total: told.append(done))
    for tick in range(1, 12_001):
        now[0] = 100.0 + tick / 100
        paced("reading", tick, 12_000)
    in_first_minute = [done for done in told if done < 6_000]
    later = [done for done in told if done >= 6_000]
    assert told[0] == 1
    assert told[-1] == 12_000
    assert 500 <= len(in_first_minute) <= 600
    assert 60 <= len(later) <= 62
