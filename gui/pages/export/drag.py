"""A folder that can be dragged out of the window, into a file manager or another program."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from core.language import _
from gui.theme import icon, theme
from gui.widgets.basics import paint_icon


def files_of(folder: Path) -> QMimeData:
    """A folder as file managers take it: they copy it to where it is let go."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    return mime


class DragHandle(QPushButton):
    """Pressed and moved it carries the folder; clicked it puts it on the clipboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Drag me out"), parent)
        self.folder: Path | None = None
        self._from: QPoint | None = None
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(
            _("Drag the folder into a file manager; a click copies it for Ctrl+V there.")
        )
        paint_icon(self, "copy")
        self.clicked.connect(self._copy)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It may become a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._from = event.pos()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough: carry it."""
        far = QApplication.startDragDistance()
        moved = event.pos() - self._from if self._from is not None else QPoint()
        if self.folder is None or moved.manhattanLength() < far:
            super().mouseMoveEvent(event)
            return
        self._from = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(files_of(self.folder))
        side = theme().space(8)
        drag.setPixmap(icon("folder", "accent").pixmap(side, side))
        drag.exec(Qt.DropAction.CopyAction)

    def _copy(self) -> None:
        if self.folder is not None:
            QApplication.clipboard().setMimeData(files_of(self.folder))
