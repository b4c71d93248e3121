"""Where a text is typed, pasted or dropped to be classified."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.drop_zone import local_paths

_INVITATION = _("Type or paste a text here, or drop a .txt file; then Classify, or Ctrl+Enter.")


class TextZone(QPlainTextEdit):
    """Signals: `said` with a text; `given` with paths of text files."""

    invitation = _("Type, paste or drop {an_example} to see what the classifier says of it.")
    said = Signal(str)
    given = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_INVITATION)
        self.setAccessibleName(_("Text to classify"))
        self.setAccessibleDescription(_INVITATION)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(theme().line_height * 5)
        self.setMaximumHeight(theme().line_height * 10)

    def say(self) -> None:
        """Give what stands here to the classifier."""
        text = self.toPlainText().strip()
        if text:
            self.said.emit(text)
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter classifies; Enter is a new line, as in any text."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.say()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Files are welcome too."""
        return bool(_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Files that were dropped or pasted are classified, text is inserted."""
        paths = _files(source)
        if paths:
            self.given.emit(paths)
        else:
            super().insertFromMimeData(source)


def _files(source: QMimeData) -> list[Path]:
    # A text may happen to be the name of a file: only real ones count here.
    return local_paths(source) if source.hasUrls() else []
