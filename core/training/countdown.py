"""Time left of a part of a run that has no training steps."""

import time
from collections import deque

# How far back it looks: steady, and soon aware of another program that took the machine.
_WINDOW_S = 60.0
# What is said earlier is mostly wrong.
_LEAST_S = 3.0
_BETWEEN_S = 1.0


class Countdown:
    """Seconds left, from how fast a part went lately. Knows one part at a time."""

    def __init__(self) -> None:
        self._part: tuple[str, ...] = ()
        self._marks: deque[tuple[float, int]] = deque()

    def left_s(self, part: tuple[str, ...], done: int, total: int) -> float | None:
        """Seconds until `done` is `total`; None until it can be told.

        Args:
            part: What is being done; another one begins anew.
            done: How much of it is done now.
            total: How much there is; 0 while nobody knows.
        """
        now = time.monotonic()
        if part != self._part or (self._marks and done < self._marks[-1][1]):
            self._part = part
            self._marks.clear()
        if not self._marks or now - self._marks[-1][0] >= _BETWEEN_S:
            self._marks.append((now, done))
        while len(self._marks) > 1 and now - self._marks[1][0] >= _WINDOW_S:
            self._marks.popleft()
        start, first = self._marks[0]
        if not total or now - start < _LEAST_S or done <= first:
            return None
        return (total - done) * (now - start) / (done - first)
