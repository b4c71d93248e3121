"""What all pages have in common, and what the window asks of them."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Step(Enum):
    """State of a step, shown in the rail."""

    OPEN = auto()
    DONE = auto()
    ATTENTION = auto()
    BUSY = auto()


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

    Signals:
        changed: State or primary button are others now.
        go_to: Show another page, by its key.
        told: Something to tell in a notice: tone (`ok`, `info`, `warn`, `bad`), what, action.
    """

    key = ""

    changed = Signal()
    go_to = Signal(str)
    told = Signal(str, str, str)

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

    def on_hidden(self) -> None:
        """Another page came to the front."""

    def shut_down(self) -> None:
        """The window closes: end helpers."""
