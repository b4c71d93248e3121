"""What all pages have in common, and what the window asks of them."""

from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from core.run.folder import RunState, Status
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.widgets.basics import keep_middle


class Step(Enum):
    """State of a step, shown in the rail."""

    OPEN = auto()
    DONE = auto()
    ATTENTION = auto()
    BUSY = auto()


_STEPS = {
    RunState.RUNNING: Step.BUSY,
    RunState.FINISHED: Step.DONE,
    RunState.FAILED: Step.ATTENTION,
    RunState.INTERRUPTED: Step.ATTENTION,
}


def step_of(status: Status | None) -> Step:
    """That of a run; one that can't be read wants attention."""
    return _STEPS.get(status.state, Step.OPEN) if status is not None else Step.ATTENTION


@dataclass(frozen=True)
class Primary:
    """The one primary button of a page.

    Attributes:
        text: On it, with its mnemonic.
        is_enabled: Whether it can be used now.
        hint: Beside it: what it will do, or why it can't be used.
    """

    text: str
    is_enabled: bool = True
    hint: str = ""


class Page(QWidget):
    """A step of the way. Subclasses set `key`.

    Attributes:
        widest: How wide its content grows, in steps of the grid, and stays in the middle; 0 where
            more room shows more.

    Signals:
        changed: State or primary button are others now.
        go_to: Show another page, by its key, or a part of it: `results/use`.
        notice: Something to tell in a notice: tone (`ok`, `info`, `warn`, `bad`), what, action.
        tour_wanted: Show the tour.
    """

    key = ""
    widest = 0

    changed = Signal()
    go_to = Signal(str)
    notice = Signal(str, str, str)
    tour_wanted = Signal()

    def __init__(
        self, session: Session, watcher: RunWatcher, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._watcher = watcher

    def step(self) -> Step:
        """What the rail shows."""
        return Step.OPEN

    def primary(self) -> Primary | None:
        """The primary button now; None for a page without."""
        return None

    def on_primary(self) -> None:
        """The primary button was used."""

    def on_shown(self) -> None:
        """The page came to the front."""

    def show_part(self, name: str) -> None:
        """Bring a part of the page to sight, after `on_shown`."""

    def on_hidden(self) -> None:
        """Another page came to the front."""

    def shut_down(self) -> None:
        """The window closes: end helpers."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room on both sides that the content has no use for."""
        super().resizeEvent(event)
        if self.widest:
            keep_middle(self, self.widest)


@dataclass(frozen=True)
class PageEntry:
    """Where a page is, before it is made.

    Attributes:
        key: Its name in the code and that of its package; of its help text as well.
        title: Its name for the user.
        icon_name: In `resources/icons`.
    """

    key: str
    title: str
    icon_name: str

    @property
    def module(self) -> str:
        """Where the page is; imported when it is made, for the first page to show at once."""
        return f"{__name__.rpartition('.')[0]}.{self.key}.page"

    def make(self, session: Session, watcher: RunWatcher) -> Page:
        """Import the page and make it."""
        page: type[Page] = import_module(self.module).PAGE
        return page(session, watcher)
