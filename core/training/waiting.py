"""Threads that compute together spin on each other while the machine is quiet, else they sleep.

A step of a small model is hundreds of short operations, each shared by all threads. Spinning until
the slowest is done saves waking the others up; beside another busy program the spinning takes the
very core that the slowest needs. libgomp reads once, when it is loaded, how long threads spin
(`core.system.waiting`), but it never lets them spin in a process that has more OpenMP threads than
the machine has cores. So an idle team of threads, kept or let go, switches between the two.
"""

import atexit
import os
import sys
import threading
import time
from dataclasses import dataclass

import psutil
import torch

from core.system.waiting import SPINS

_LOOK_EVERY_S = 0.5
# Cores' worth of other programs beside which threads sleep, and for how many looks in a row there
# has to be less of it before they spin again.
_BUSY = 0.25
_QUIET_LOOKS = 2
# More than torch computes in one thread.
_ELEMENTS = 2**17

_watches = False


def sleep_beside_others() -> None:
    """From now on, let threads sleep while other programs are busy (once per process).

    Does nothing where threads never spin: one thread, another system than Linux, or a process that
    did not ask for it with `core.system.waiting.let_threads_spin`.
    """
    global _watches  # noqa: PLW0603  (one OpenMP runtime per process)
    # Another number is the user's, who knows what it is for; libgomp also takes words and units.
    asked = os.environ.get("GOMP_SPINCOUNT") == SPINS
    threads = torch.get_num_threads()
    if _watches or not asked or threads == 1 or sys.platform != "linux":
        return
    _watches = True
    spare = max(0, (os.cpu_count() or 1) - threads)
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(Switch(spare), over), name="waiting", daemon=True)
    watch.start()

    def end() -> None:
        # A thread that Python ends within torch, at the end of a process, aborts the process.
        over.set()
        watch.join()

    atexit.register(end)


@dataclass(frozen=True)
class Spent:
    """Seconds of processor until a moment.

    Attributes:
        at: The moment, in seconds of a monotonic clock.
        all: Of all programs and of whatever else keeps a core from working for us.
        own: Of this process.
    """

    at: float
    all: float
    own: float

    @classmethod
    def now(cls) -> "Spent":
        """Read the system's and this process's clocks."""
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        # Guests are counted in `user` already.
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return cls(time.monotonic(), sum(times) - idle - guests, time.process_time())

    def others_since(self, before: "Spent") -> float:
        """Cores that others kept busy between two moments."""
        others = (self.all - before.all) - (self.own - before.own)
        return max(0.0, others) / max(self.at - before.at, 1e-9)


class Switch:
    """Decides, look by look, whether threads sleep; asleep at first.

    Args:
        spare: Cores that this process leaves to others anyway.
    """

    def __init__(self, spare: int) -> None:
        self._limit = spare + _BUSY
        self._quiet = 0

    def sleeps(self, others: float) -> bool:
        """Whether threads are to sleep, with that many cores kept busy by others."""
        self._quiet = self._quiet + 1 if others < self._limit else 0
        return self._quiet < _QUIET_LOOKS


class IdleTeam:
    """OpenMP threads that do nothing: as long as they exist, no thread of the process spins."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="idle-team", daemon=True)
        self._thread.start()
        self._ready.wait()

    def let_go(self) -> None:
        """End the threads."""
        self._over.set()
        self._thread.join()

    def _hold(self) -> None:
        threads = torch.get_num_threads()
        try:
            # The number counts for this thread, and for those that are yet to come.
            torch.set_num_threads(os.cpu_count() or 1)
            # libgomp gives each thread that asks for work a team of its own and keeps it, idle,
            # until that thread ends. With those of the training thread there are more threads than
            # cores, which is when it lets none of them spin.
            torch.zeros(_ELEMENTS).add_(1)
        finally:
            # Threads that are yet to come compute as before; the team that is there stays.
            torch.set_num_threads(threads)
            self._ready.set()
        self._over.wait()


def _watch(switch: Switch, over: threading.Event) -> None:
    team: IdleTeam | None = IdleTeam()
    try:
        before = Spent.now()
        while not over.wait(_LOOK_EVERY_S):
            now = Spent.now()
            sleeps = switch.sleeps(now.others_since(before))
            before = now
            # While the training thread computes: libgomp compares threads and cores at each wait,
            # so the switch takes effect at the next one, and nothing has to stop for it.
            if sleeps and team is None:
                team = IdleTeam()
            elif team is not None and not sleeps:
                team.let_go()
                team = None
    except (OSError, psutil.Error):
        # A system that does not tell (/proc may be closed): threads sleep from now on.
        team = team or IdleTeam()
        over.wait()
    if team is not None:
        team.let_go()
