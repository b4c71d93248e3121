"""Reading off the window's thread: files may be large, and disks slow."""

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from core.errors import RunError
from gui.processes.patience import PATIENCE_MS

T = TypeVar("T")


class Background(QObject):
    """Does work in threads and hands its result to the window's thread.

    Of several works with the same name only the newest counts.
    """

    _ended = Signal(int, object)

    def __init__(self, parent: QObject | None = None, threads: int = 1) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._numbers = count()
        self._newest: dict[str, int] = {}
        self._waiting: dict[int, tuple[str, Callable[[Any], None], Callable[[RunError], None]]] = {}
        self._ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether a result is waited for."""
        return bool(self._waiting)

    def do(
        self,
        name: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[RunError], None],
    ) -> None:
        """Do `work` in a thread.

        Args:
            name: What it is; earlier work of that name is forgotten.
            work: Runs in the thread and touches no widget.
            then: Takes its result, in the window's thread.
            failed: Takes the `RunError` that it raised instead.
        """
        number = next(self._numbers)
        self._waiting.pop(self._newest.get(name, -1), None)
        self._newest[name] = number
        self._waiting[number] = (name, then, failed)
        self._pool.start(_Work(self, number, work))

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._pool.clear()
        self._waiting.clear()

    def shut_down(self) -> None:
        """Forget everything, and let what is at work end."""
        self.forget()
        self._pool.waitForDone(PATIENCE_MS)

    def hand_over(self, number: int, result: object) -> None:
        """In the thread: what came out."""
        try:
            self._ended.emit(number, result)
        except RuntimeError:
            return  # the window is gone

    def is_waited_for(self, number: int) -> bool:
        """In the thread: whether the work is worth its while."""
        return number in self._waiting

    def _on_ended(self, number: int, result: object) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None:
            return
        _, then, failed = waiting
        if isinstance(result, RunError):
            failed(result)
        else:
            then(result)


class _Work(QRunnable):
    def __init__(self, owner: Background, number: int, work: Callable[[], object]) -> None:
        super().__init__()
        self._owner, self._number, self._work = owner, number, work

    def run(self) -> None:
        if not self._owner.is_waited_for(self._number):
            return
        result: object
        try:
            result = self._work()
        except RunError as error:
            result = error
        except Exception as error:  # noqa: BLE001  (nobody else would ever hear of it)
            result = RunError("helper-bug", reason=f"{type(error).__name__}: {error}")
        self._owner.hand_over(self._number, result)
