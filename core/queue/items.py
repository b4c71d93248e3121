"""The list of runs that wait: one file in the user's data folder, changed by one at a time.

The recipe of each is in its run folder from the moment it is queued, so that nothing that is
changed later, in a window or a file, changes what waits.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import filelock

from core.errors import RunError
from core.run.folder import RunFolder, RunState
from core.system.atomic import write_text
from core.system.data_folder import data_folder

_QUEUE_FORMAT: Final = 1
_PATIENCE_S: Final = 10.0


class Turn(StrEnum):
    """What became of a run in the list."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    GONE = "gone"


# Nothing is to be done for these.
DONE: Final = frozenset({Turn.FINISHED, Turn.STOPPED, Turn.FAILED, Turn.GONE})


@dataclass(frozen=True)
class Item:
    """A run in the list.

    Attributes:
        number: What it is called on the command line; never given twice.
        run: Its folder.
        processes: That train together.
        outcome: How its turn ended; empty before.
        text: That in words.
    """

    number: int
    run: Path
    processes: int = 1
    outcome: str = ""
    text: str = ""

    def turn(self) -> Turn:
        """What becomes of it; looks into the run folder."""
        try:
            run = RunFolder.open(self.run)
            state = run.status().state
        except RunError:
            return Turn.FAILED if self.outcome == Turn.FAILED else Turn.GONE
        if state is RunState.RUNNING:
            return Turn.RUNNING
        if state is RunState.FINISHED:
            return Turn.FINISHED
        return Turn(self.outcome) if self.outcome else Turn.WAITING


@dataclass(frozen=True)
class Waiting:
    """The list at one moment.

    Attributes:
        items: In their order.
        next_number: Of the next one.
        until: When what runs is to be paused and nothing else begun, ISO 8601.
        is_paused: Whether somebody asked for a pause; whoever works on the list ends then.
    """

    items: tuple[Item, ...] = ()
    next_number: int = 1
    until: str = ""
    is_paused: bool = False

    def find(self, name: str) -> Item:
        """The item of a number, a run folder, or the name of one.

        Raises:
            RunError: `queue-unknown`.
        """
        path = Path(os.path.abspath(name))  # noqa: PTH100  (removes `..`)
        for is_it in (
            lambda item: str(item.number) == name,
            lambda item: item.run == path,
            lambda item: item.run.name == name,
        ):
            if found := [item for item in self.items if is_it(item)]:
                return found[0]
        raise RunError("queue-unknown", name=name)

    def with_changed(self, number: int, **changes: Any) -> "Waiting":
        """The same with one item changed."""
        items = (replace(i, **changes) if i.number == number else i for i in self.items)
        return replace(self, items=tuple(items))


@dataclass
class RunQueue:
    """The list on disk; made without touching anything.

    Args:
        folder: Where it lies; the user's data folder by default.
    """

    folder: Path = field(default_factory=data_folder)

    @property
    def file(self) -> Path:
        """The list."""
        return self.folder / "queue.json"

    def read(self) -> Waiting:
        """The list as it is.

        Raises:
            RunError: `queue-damaged`, `queue-newer`.
        """
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Waiting()
        except OSError as error:
            raise RunError("queue-damaged", path=self.file, reason=error.strerror) from error
        try:
            values = json.loads(text)
            if values["format"] > _QUEUE_FORMAT:
                raise RunError("queue-newer", path=self.file)
            items = (Item(**{**each, "run": Path(each["run"])}) for each in values["items"])
            return Waiting(
                tuple(items),
                int(values["next_number"]),
                str(values["until"]),
                bool(values["is_paused"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RunError("queue-damaged", path=self.file, reason=error) from error

    def add(self, run: RunFolder, processes: int = 1) -> Item:
        """Put a run at the end; one that is in the list already and done waits again.

        Raises:
            RunError: The run is finished, or the list can't be read or written.
        """
        if run.status().state is RunState.FINISHED:
            raise RunError("queue-finished", path=run.path)
        with self._changing() as change:
            now = self.read()
            kept = [item for item in now.items if item.run != run.path]
            known = [item for item in now.items if item.run == run.path]
            if known and known[0].turn() not in DONE:
                return known[0]
            number = known[0].number if known else now.next_number
            item = Item(number, run.path, processes)
            next_number = max(now.next_number, number + 1)
            change(replace(now, items=(*kept, item), next_number=next_number))
            return item

    def move(self, name: str, place: int) -> Item:
        """Give an item another place, from 1; beyond the end is the end."""
        with self._changing() as change:
            now = self.read()
            item = now.find(name)
            others = [each for each in now.items if each != item]
            at = max(0, min(place - 1, len(others)))
            change(replace(now, items=(*others[:at], item, *others[at:])))
            return item

    def remove(self, names: Sequence[str]) -> list[Item]:
        """Take items off the list; their run folders stay.

        Raises:
            RunError: `queue-running`: it is being trained; `queue-unknown`.
        """
        with self._changing() as change:
            now = self.read()
            gone = [now.find(name) for name in names]
            for item in gone:
                if item.turn() is Turn.RUNNING:
                    raise RunError("queue-running", path=item.run)
            change(replace(now, items=tuple(item for item in now.items if item not in gone)))
            return gone

    def put_back(self, gone: Sequence[tuple[int, Item]]) -> None:
        """Let items be in the list again that were taken off; those that are in it stay.

        Args:
            gone: Each with its place, from 1, the first one first.
        """
        with self._changing() as change:
            now = self.read()
            items = list(now.items)
            known = {item.run for item in items}
            for place, item in gone:
                if item.run not in known:
                    items.insert(min(place - 1, len(items)), item)
            change(replace(now, items=tuple(items)))

    def remove_done(self) -> list[Item]:
        """Take off what is done."""
        return self.remove([str(item.number) for item in self.read().items if item.turn() in DONE])

    def pause(self) -> None:
        """Ask whoever works on the list to pause what runs, and to end."""
        with self._changing() as change:
            change(replace(self.read(), is_paused=True))

    def stop_at(self, until: str) -> None:
        """Say when to end, ISO 8601; empty for never."""
        with self._changing() as change:
            change(replace(self.read(), until=until))

    def begin(self, until: str | None = None) -> None:
        """Somebody works on the list from now on: a pause that was asked for before is over.

        Args:
            until: When to end, as of `stop_at`; None leaves it as it is.
        """
        with self._changing() as change:
            now = self.read()
            change(replace(now, is_paused=False, until=now.until if until is None else until))

    def ended(self, number: int, outcome: Turn, text: str) -> None:
        """Write down how the turn of an item ended."""
        with self._changing() as change:
            change(self.read().with_changed(number, outcome=str(outcome), text=text))

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Be the one that works on the list; the system ends it even after a crash.

        Raises:
            RunError: `queue-worked-on`.
        """
        lock = self._lock("queue-runner.lock")
        try:
            lock.acquire(timeout=0.5)
        except filelock.Timeout as error:
            raise RunError("queue-worked-on") from error
        try:
            yield
        finally:
            lock.release()

    def is_worked_on(self) -> bool:
        """Whether somebody works on the list."""
        if not self.folder.is_dir():
            return False
        lock = self._lock("queue-runner.lock")
        try:
            lock.acquire(timeout=0)
        except (filelock.Timeout, OSError):
            return True
        lock.release()
        return False

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Any]:
        """Change the list alone; the block is given what writes it."""
        try:
            with self._lock("queue.lock").acquire(timeout=_PATIENCE_S):
                yield self._write
        except filelock.Timeout as error:
            raise RunError("queue-busy", path=self.file) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunError("file-not-writable", path=self.file, reason=reason) from error

    def _lock(self, name: str) -> filelock.BaseFileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(self.folder / name)

    def _write(self, now: Waiting) -> None:
        values = {**asdict(now), "format": _QUEUE_FORMAT}
        values["items"] = [{**asdict(item), "run": str(item.run)} for item in now.items]
        # As ASCII: names on disk need not be valid Unicode.
        write_text(self.file, json.dumps(values, indent=2) + "\n")
