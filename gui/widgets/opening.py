"""Opens files and folders with the desktop; where it can't, that is said, and where they are."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from core.language import _


@runtime_checkable
class _Teller(Protocol):
    """What tells people something: the window."""

    def tell(self, tone: str, what: str, action: str = "") -> None:
        """Show a notice."""


def open_outside(asking: QWidget, path: Path) -> bool:
    """Have the desktop open a file or a folder.

    Args:
        asking: Where it was asked for; the window around it says what went wrong.
        path: What to open.

    Returns:
        Whether the desktop took it.
    """
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        return True
    around: QWidget | None = asking
    while around is not None and not isinstance(around, _Teller):
        around = around.parentWidget()
    if around is not None:
        what = (
            _("No program of this desktop opens folders.")
            if path.is_dir()
            else _("No program of this desktop opens such files.")
        )
        around.tell("warn", what, _("It is {path}.").format(path=path))
    return False
