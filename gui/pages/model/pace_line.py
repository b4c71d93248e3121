"""Why models have no time, where they have none, with a button that finds it out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.model.pace import Pace
from gui.widgets.basics import button, flowing, row
from gui.widgets.busy_line import BusyLine


class PaceLine(QWidget):
    """Hidden while times are known.

    Signals:
        asked: Measure.

    Args:
        pace: Whose times they are.
    """

    asked = Signal()

    def __init__(self, pace: Pace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = pace
        line = row(self)
        self.words = flowing("", "muted")
        self.measure = button(_("M&easure"), self.asked.emit, icon_name="clock")
        self.measure.setAccessibleName(_("Measure how long the plan takes"))
        self.busy = BusyLine(_("Measuring this machine"), _("S&kip"))
        self.busy.cancelled.connect(pace.stop)
        pace.progressed.connect(self._on_progress)
        line.addWidget(self.words, 1)
        line.addWidget(self.measure)
        line.addWidget(self.busy, 1)
        self.hide()

    def refresh(self) -> None:
        """Say what is so now."""
        is_busy, why = self._pace.is_busy, self._pace.why_none
        self.setVisible(is_busy or bool(why))
        self.busy.setVisible(is_busy)
        self.words.setVisible(not is_busy)
        self.words.setText(why)
        self.measure.setVisible(not is_busy and self._pace.can_measure)

    def _on_progress(self, words: str, done: int, total: int) -> None:
        self.busy.show_progress(words or _("Measuring this machine …"), done, total)
        self.refresh()
