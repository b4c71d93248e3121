"""Progress reports at a pace that people can read, and that an event log can hold."""

import time
from collections.abc import Callable

# What is done, how much of it, of how much (0: nobody knows).
ProgressReport = Callable[[str, int, int], None]
# The same where what is done goes without saying.
CountReport = Callable[[int, int], None]
_EVERY_S = 0.1
# What takes hours would fill the log.
_LONG_S = 60.0
_SELDOM_S = 1.0


class Paced:
    """Passes on the first and the last report, and of those in between ten a second at most.

    After a minute it is one a second.
    """

    def __init__(self, report: ProgressReport | None) -> None:
        self._report = report
        self._began = time.monotonic()
        self._next = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report `done` of `total`."""
        now = time.monotonic()
        if self._report is not None and (now >= self._next or done == total):
            self._next = now + (_EVERY_S if now - self._began < _LONG_S else _SELDOM_S)
            self._report(what, done, total)
