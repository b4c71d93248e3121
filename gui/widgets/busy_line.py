"""How far something in the background is, with a button that ends it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from core.language import _
from gui.widgets.basics import button, label, row


class BusyLine(QWidget):
    """Hidden while nothing is done.

    Args:
        name: What the bar tells, for a screen reader.
        end: The text of the button.

    Signals:
        cancelled: The work shall end.
    """

    cancelled = Signal()

    def __init__(self, name: str, end: str = _("&Cancel"), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_ending = False
        line = row(self)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self._words = label("", wrap=False)
        line.addWidget(self._words)
        line.addWidget(self._bar, 1)
        line.addWidget(button(end, self._cancel, icon_name="close"))
        self.hide()

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Say how far it is; `total` is 0 while that is not known."""
        if self.isHidden():
            self._is_ending = False
        self.show()
        if self._is_ending:
            return  # what comes late would look as if it went on
        self._words.setText(words)
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _cancel(self) -> None:
        self._is_ending = True
        self._words.setText(_("Stopping …"))
        self._bar.setRange(0, 0)
        self.cancelled.emit()
