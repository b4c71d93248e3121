"""An area that takes folders and files: by dropping them, by a button, by the keyboard."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from gui.theme import icon, theme
from gui.widgets.basics import clear, column, label, on_theme_change, row, set_role, tool
from gui.widgets.elided import Elided
from gui.widgets.notices import announce


def local_paths(data: QMimeData) -> list[Path]:
    """The local files and folders that are being dragged; from text too, as terminals give it."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if paths or not data.hasText():
        return paths
    lines = [line.strip() for line in data.text().splitlines() if line.strip()]
    found = [Path(line.removeprefix("file://")) for line in lines]
    return found if found and all(path.exists() for path in found) else []


# So many times its least side the picture of a zone may have.
_LARGEST = 4


class DropZone(QFrame):
    """Holds a list of paths with what is known of each.

    Args:
        title: What it takes.
        invitation: More about it, while it is empty.
        icon_name: In `resources/icons`.
        is_low: Whether it has to do with less height while it is empty.

    Signals:
        dropped: A list of paths that were dropped or pasted.
        browsing: The zone was clicked, or Enter pressed on it.
        removed: The path whose remove button was used.
        refused: Why what is held over the zone can't be taken.
    """

    dropped = Signal(list)
    browsing = Signal()
    removed = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        title: str,
        invitation: str,
        icon_name: str,
        parent: QWidget | None = None,
        *,
        is_low: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "zone")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(
            _("{invitation} Press Enter to browse.").format(invitation=invitation)
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon_name = icon_name
        self._side, self._lines = (8, 7) if is_low else (12, 10)
        self._is_low = False
        self._layout = column(self, margin=4, gap=2)
        self._layout.addStretch(1)
        self._sign = label("", wrap=False)
        self._heading = label(title, "heading")
        self._invitation = label(invitation, "muted")
        for part in (self._sign, self._heading, self._invitation):
            self._layout.addWidget(part)
        self._list = column(gap=1)
        self._layout.addLayout(self._list)
        self._layout.addStretch(1)
        self._paths: list[Path] = []
        on_theme_change(self, self._paint)
        self._paint()

    @property
    def paths(self) -> list[Path]:
        """What the zone holds."""
        return list(self._paths)

    def show_words(self, title: str, invitation: str, icon_name: str) -> None:
        """Say what it takes from now on."""
        self.setAccessibleName(title)
        self.setAccessibleDescription(
            _("{invitation} Press Enter to browse.").format(invitation=invitation)
        )
        self._heading.setText(title)
        self._invitation.setText(invitation)
        self._icon_name = icon_name
        self._paint()

    def show_low(self, is_low: bool) -> None:
        """Take little room, above what was found; else all that there is."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._paint()

    def show_paths(self, paths: Sequence[Path], words: dict[Path, str] | None = None) -> None:
        """Show what the zone holds.

        Args:
            paths: Folders and files.
            words: What is known of them.
        """
        self._paths = list(paths)
        clear(self._list)
        for path in paths:
            self._list.addWidget(self._entry(path, (words or {}).get(path, "")))
        self._paint()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say by the frame whether it can be taken."""
        if local_paths(event.mimeData()):
            set_role(self, "true", "dragging")
            event.acceptProposedAction()
            return
        set_role(self, "refused", "dragging")
        self.refused.emit(why_not(event.mimeData()))
        event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Back to rest."""
        set_role(self, "", "dragging")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        set_role(self, "", "dragging")
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            announce(
                self,
                _("{number} dropped on {zone}").format(
                    number=len(paths), zone=self.accessibleName()
                ),
            )
            self.dropped.emit(paths)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click browses."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.browsing.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space browse; Ctrl+V takes copied files."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.browsing.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        else:
            super().keyPressEvent(event)

    def _paste(self) -> None:
        paths = local_paths(QGuiApplication.clipboard().mimeData())
        if paths:
            self.dropped.emit(paths)
        else:
            self.refused.emit(_("There are no files on the clipboard."))

    def _entry(self, path: Path, words: str) -> QWidget:
        entry = QWidget()
        line = row(entry, gap=1)
        text = column(gap=0)
        name, middle = path.name or str(path), Qt.TextElideMode.ElideMiddle
        text.addWidget(Elided(name, mode=middle, tip=str(path)))
        if words:
            text.addWidget(label(words, "muted"))
        line.addLayout(text, 1)
        line.addWidget(
            tool(
                _("Remove {name}").format(name=path.name), "close", lambda: self.removed.emit(path)
            )
        )
        return entry

    def _paint(self) -> None:
        """Large and in the middle while there is nothing; small above what there is."""
        is_empty = not self._paths
        is_large = is_empty and not self._is_low
        side = self._sign_side()
        self._sign.setPixmap(icon(self._icon_name, "accent").pixmap(side, side))
        align = Qt.AlignmentFlag.AlignHCenter if is_large else Qt.AlignmentFlag.AlignLeft
        for part in (self._sign, self._heading, self._invitation):
            part.setAlignment(align)
        self._sign.setVisible(is_large)
        self._invitation.setVisible(is_empty)
        self.setMinimumHeight(theme().line_height * (self._lines if is_large else 4))

    def _sign_side(self) -> int:
        """The picture grows with the zone, from what fits the lowest one."""
        most = theme().space(_LARGEST * self._side)
        return max(theme().space(self._side), min(most, self.height() // 5))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A picture that fits."""
        super().resizeEvent(event)
        if self._sign.pixmap().deviceIndependentSize().height() != self._sign_side():
            self._paint()


def why_not(data: QMimeData) -> str:
    """Why dragged data can't be taken, in words."""
    if data.hasUrls():
        return _("That lies on another computer or in the browser: save it to a folder first.")
    return _("Drop a folder, a zip file or a table of labels here.")
