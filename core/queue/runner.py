"""Works on the list: one run after the other, each in a trainer of its own.

The trainer is the same process as always and outlives this one. After a `kill -9` of this one it
goes on, and whoever works on the list next waits for it; after a power cut the run is continued
from its last checkpoint.
"""

import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from core.errors import RunError
from core.queue.items import DONE, Item, RunQueue, Turn
from core.queue.until import in_words, local_time
from core.run.files import TRAINER_OUTPUT
from core.run.folder import RunFolder, RunState, Status
from core.run.launch import send_command, start_in_background
from core.run.room import waits_for_room
from core.system import process_names
from core.system.own_process import module_command, start_detached

_POLL_S: Final = 0.3
# A trainer that starts does not listen yet.
_ASK_EVERY_S: Final = 2.0
_LOOK_EVERY_S: Final = 10.0


class Why(StrEnum):
    """Why the work on the list ended."""

    DONE = "Nothing waits any more."
    PAUSED = "Paused: `redistill queue run` goes on."
    LATE = "It is time to stop: `redistill queue run` goes on."


def work(
    queue: RunQueue,
    tell: Callable[[str], None],
    stopped: Callable[[], bool],
    now: Callable[[], datetime] = local_time,
    *,
    until: str | None = None,
) -> Why:
    """Train what waits until nothing does, it is time, or somebody asks to pause.

    What runs then is paused after a checkpoint, and stays the first that waits.

    Args:
        queue: The list; it may be changed meanwhile.
        tell: Told in words what begins and how it ended.
        stopped: Whether to pause.
        now: The time.
        until: When to end, ISO 8601; empty for never, None for what the list says. Not before it is
            known that nobody else works on it: theirs is theirs.

    Raises:
        RunError: Somebody else works on the list, or it can't be read.
    """
    with queue.working():
        queue.begin(until)
        if until:
            tell(f"Until {in_words(datetime.fromisoformat(until), now())}.")
        worker = _Worker(queue, tell, stopped, now)
        while True:
            why = worker.why_end()
            if why is not None:
                return why
            item = worker.next()
            if item is None:
                return Why.DONE
            worker.train(item)


class _Worker:
    def __init__(
        self,
        queue: RunQueue,
        tell: Callable[[str], None],
        stopped: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._queue, self._tell, self._stopped, self._now = queue, tell, stopped, now
        self._put_aside: set[int] = set()

    def why_end(self) -> Why | None:
        """Why to end now."""
        found = self._queue.read()
        if found.is_paused or self._stopped():
            return Why.PAUSED
        if found.until and self._now() >= datetime.fromisoformat(found.until):
            return Why.LATE
        return None

    def next(self) -> Item | None:
        """The first that waits."""
        for item in self._queue.read().items:
            if item.number not in self._put_aside and item.turn() not in DONE:
                return item
        return None

    def train(self, item: Item) -> None:
        """Train one run to its end; a failure is written down, and the next one begins."""
        try:
            run = RunFolder.open(item.run)
            is_ours = not run.is_locked()
            verb = "Waiting for" if not is_ours else "Training"
            self._tell(f"{verb} {item.number}: {item.run}")
            child = start_in_background(run, item.processes) if is_ours else None
            was_asked = self._wait(run, child)
            if child is not None and run.is_locked():
                # Ours was refused: one that a killed queue left behind was still starting.
                self._tell(f"Waiting for {item.number}: {item.run}")
                child, was_asked = None, self._wait(run, None)
            self._settle(item, run.status(), child, was_asked)
        except RunError as error:
            self._end(item, Turn.FAILED, str(error))

    def _wait(self, run: RunFolder, child: subprocess.Popen[bytes] | None) -> bool:
        """Wait until the trainer has ended; whether it was asked to pause."""
        was_asked, ask_again = False, 0.0
        told, look_again = "", 0.0
        while child.poll() is None if child is not None else run.is_locked():
            if self.why_end() is not None and time.monotonic() >= ask_again:
                was_asked = True
                ask_again = time.monotonic() + _ASK_EVERY_S
                _ask_to_pause(run)
            if time.monotonic() >= look_again:
                look_again = time.monotonic() + _LOOK_EVERY_S
                found = waits_for_room(run)
                if found and found != told:
                    self._tell(found)
                told = found
            time.sleep(_POLL_S)
        return was_asked

    def _settle(
        self,
        item: Item,
        status: Status,
        child: subprocess.Popen[bytes] | None,
        was_asked: bool,
    ) -> None:
        code = child.returncode if child is not None else 0
        match status.state:
            case RunState.FINISHED | RunState.STOPPED | RunState.FAILED:
                self._end(item, Turn(status.state), status.text)
            case RunState.INTERRUPTED:
                self._end(item, Turn.FAILED, status.text)
            case RunState.PAUSED if code == 0:
                if not was_asked:
                    # Somebody paused this one run; it waits for the next time.
                    self._put_aside.add(item.number)
                self._tell(f"Paused {item.number}: {item.run}")
            case _:
                log = item.run / TRAINER_OUTPUT
                error = RunError("trainer-died", how=f"exit code {code}", path=item.run, log=log)
                self._end(item, Turn.FAILED, str(error))

    def _end(self, item: Item, outcome: Turn, text: str) -> None:
        self._queue.ended(item.number, outcome, text)
        self._tell(f"{outcome.capitalize()} {item.number}: {item.run}. {text}")


def start_working() -> None:
    """Start a process that works on the list, and outlives whoever starts it."""
    start_detached(module_command(process_names.COMMAND_LINE, "queue", "run", "--keep-until"))


def _ask_to_pause(run: RunFolder) -> None:
    try:
        send_command(run, "pause")
    except RunError as error:
        if error.id != "run-not-running":
            raise
