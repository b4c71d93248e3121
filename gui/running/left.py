"""The time left, as it is said: never in the past, and without jumps that mean nothing."""

import math
import time

from core.language import _
from gui.words.numbers import clock_time, duration

# After that long a new estimate has taken the place of the old one, by two thirds.
_STEADY_S = 30.0
# Less is "now": the end of a stage has its own words.
_LEAST_S = 1.0


def until(since: float, left_s: float | None) -> str:
    """`, about 16:40 (12 min left)`, said at `since` to be `left_s` away.

    Empty where it is not known, or should be over by now.
    """
    if left_s is None:
        return ""
    left = since + left_s - time.time()
    # A clock that was set, a log from elsewhere: better nothing than nonsense.
    if not _LEAST_S <= left < 1e9:
        return ""
    return _(", about {time} ({duration} left)").format(
        time=clock_time(left), duration=duration(left)
    )


class SteadyEnd:
    """When a run will have ended, as the mean of what was said lately.

    At the borders of stages the speed of the next one is not known yet, and what is said then jumps
    from one minute to the next.
    """

    def __init__(self) -> None:
        self._end: float | None = None
        self._said = 0.0

    def forget(self) -> None:
        """Another run, or it trains anew."""
        self._end = None

    def take(self, now: float, left_s: float | None) -> None:
        """It was said at `now` (seconds since 1970) to be `left_s` away; None changes nothing."""
        if left_s is None:
            return
        said = now + left_s
        if self._end is None:
            self._end = said
        else:
            weight = 1 - math.exp(-max(0.0, now - self._said) / _STEADY_S)
            self._end += weight * (said - self._end)
        self._said = now

    @property
    def end(self) -> float | None:
        """Seconds since 1970; None while nobody knows."""
        return self._end
