"""Progress reports at a pace that people can read, and that an event log can hold."""

import time
from collections.abc import Callable

Report = Callable[[str, int, int], None]
_EVERY_S = 0.1


class Paced:
    """Passes on the first and the last report, and those in between at most ten times a second."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._next = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report `done` of `total`."""
        now = time.monotonic()
        if self._report is not None and (now >= self._next or done == total):
            self._next = now + _EVERY_S
            self._report(what, done, total)
