"""What was found in a few words, or why nothing was, with the way back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.pages.data.words import length_words, summary_words
from gui.state.findings import Findings
from gui.state.session import Session
from gui.widgets.basics import button, column, flowing
from gui.widgets.elided import Elided


class FoundWords(QWidget):
    """Counts, a line of notes; after a failure what to do about it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._undo = session.undo
        layout = column(self, gap=1)
        self.summary = flowing("")
        self.notes = Elided("", "muted")
        self.back = button(_("Take it &back"), session.undo.undo, icon_name="undo")
        layout.addWidget(self.summary)
        layout.addWidget(self.notes)
        layout.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self.summary.setText("")
        self.notes.hide()
        self.back.hide()

    def show_findings(self, findings: Findings) -> None:
        """Say what a scan found."""
        self.clear()
        counts, *notes = summary_words(findings.summary).split("\n")
        lengths = length_words(findings.summary["text_lengths"])
        self.summary.setText(" ".join(filter(None, (counts, lengths))))
        # Decisions has them all: here a line of them is enough.
        self.notes.show_text(" ".join(notes))
        self.notes.setVisible(bool(notes))

    def show_problem(self, what: str, action: str) -> None:
        """Say why there is nothing."""
        self.clear()
        can_undo = self._undo.canUndo()
        back = (
            _("Ctrl+Z takes back: {change}.").format(change=self._undo.undoText())
            if can_undo
            else ""
        )
        self.summary.setText("\n".join(filter(None, (what, action, back))))
        self.back.setVisible(can_undo)
