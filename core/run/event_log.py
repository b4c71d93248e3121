"""Events on disk: appended by the trainer, read by everyone, whatever a crash left behind."""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from core.run.event_json import from_json, to_json
from core.run.events import Event, StageResumed, StageStarted, StepDone

_MOST_WAITING = 10_000


class EventLog:
    """Appends events to a file; while it can't be written they wait in memory.

    A log that can't be written must never end a training; what has to be written (checkpoints)
    says itself when the folder is full or gone.

    Thread-safe: the GPU thread and the main thread both report.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[bytes] = []
        self._lock = threading.Lock()
        self._torn = _ends_torn(path)

    def append(self, event: Event) -> None:
        """Append one event, whole, now or as soon as it can be written."""
        with self._lock:
            self._waiting.append(to_json(event).encode("utf-8") + b"\n")
            if self._torn:
                # A killed writer left half a line: end it, so that only that line is lost.
                self._waiting.insert(0, b"\n")
                self._torn = False
            self._write_waiting()

    def _write_waiting(self) -> None:
        while self._waiting:
            line = self._waiting[0]
            try:
                with self._path.open("ab") as file:
                    start = file.tell()
                    self._write_or_undo(file.fileno(), line, start)
            except OSError:
                self._forget_steps()
                return
            self._waiting.pop(0)

    def _forget_steps(self) -> None:
        """Keep memory bounded during a long wait: progress is the first thing to go."""
        if len(self._waiting) > _MOST_WAITING:
            step = StepDone.kind.encode()
            self._waiting = [line for line in self._waiting if step not in line[:40]]

    def _write_or_undo(self, descriptor: int, line: bytes, start: int) -> None:
        try:
            written = os.write(descriptor, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, "no room for a whole line")
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, start)
            raise


def read_events(path: Path) -> Iterator[Event]:
    """All readable events in order; torn lines and unknown kinds are passed over."""
    try:
        with path.open("rb") as file:
            for line in file:
                event = from_json(line.decode("utf-8", errors="replace"))
                if event is not None:
                    yield event
    except FileNotFoundError:
        return


def last_events(path: Path, num_bytes: int = 65_536) -> list[Event]:
    """The newest events, from the end of the file: quick however long the log is."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - num_bytes))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return []
    whole = lines if size <= num_bytes else lines[1:]
    events = (from_json(line.decode("utf-8", errors="replace")) for line in whole)
    return [event for event in events if event is not None]


class EventTail:
    """Reads what was appended to a log since the last time, a bounded piece at a time."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self._path = path
        self._rest = b""
        self.offset = offset

    @property
    def whole_offset(self) -> int:
        """Where the last whole line that was read ends."""
        return self.offset - len(self._rest)

    def read(self, most_bytes: int = 65_536) -> list[Event]:
        """New whole events in order; [] when there are none, or no file.

        A log that became shorter (the run was started over) is read from its beginning.
        """
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self.offset:
                    self.offset, self._rest = 0, b""
                file.seek(self.offset)
                data = file.read(most_bytes)
        except OSError:
            return []
        self.offset += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        events = (from_json(line.decode("utf-8", errors="replace")) for line in lines)
        return [event for event in events if event is not None]


def valid_steps(events: Iterator[Event]) -> dict[str, list[StepDone]]:
    """Per stage the steps that count: those after a later resume point were done again."""
    steps: dict[str, list[StepDone]] = {}
    for event in events:
        if isinstance(event, StepDone):
            steps.setdefault(event.stage, []).append(event)
        elif isinstance(event, StageStarted):
            # Again, where a kill came before the first checkpoint.
            steps.pop(event.stage, None)
        elif isinstance(event, StageResumed):
            kept = steps.get(event.stage, [])
            steps[event.stage] = [step for step in kept if step.step <= event.step]
    return steps


def _ends_torn(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) == 0:
                return False
            file.seek(-1, 2)
            return file.read(1) != b"\n"
    except FileNotFoundError:
        return False
