"""How much of the processors other programs use, while something is timed."""

import os
import time

import psutil


class Others:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy_s(), _own_s()

    def share(self) -> float:
        """Share of all processors that others used since then, 0 … 1.

        What a hypervisor took away counts as theirs.
        """
        whole = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        theirs = (_busy_s() - self._busy) - (_own_s() - self._own)
        return min(1.0, max(0.0, theirs / whole)) if whole > 0 else 0.0


def _busy_s() -> float:
    """Seconds that all processors together were not idle, since the machine was started."""
    times = psutil.cpu_times()
    # What guests used is in `user` already.
    parts = ("user", "nice", "system", "irq", "softirq", "steal", "interrupt", "dpc")
    return float(sum(getattr(times, part, 0.0) for part in parts))


def _own_s() -> float:
    """The same of this process and of those of its own that have ended."""
    times = psutil.Process().cpu_times()
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + children)
