"""Says that labeled data took the place of others, with the way back."""

from PySide6.QtWidgets import QFrame, QWidget

from core.language import _
from gui.state.session import Session
from gui.widgets.basics import button, label, row
from gui.widgets.notices import announce
from gui.widgets.plain import plain


class ReplacedLine(QFrame):
    """Hidden until something was replaced, and again once anything else changes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "notice")
        self.setAccessibleName(_("What was replaced"))
        line = row(self, margin=2)
        self.words = label("")
        self.back = button(_("Take it &back"), session.undo.undo, icon_name="undo")
        line.addWidget(self.words, 1)
        line.addWidget(self.back)
        self.hide()
        session.draft_changed.connect(self.hide)

    def say(self, before: str, now: str) -> None:
        """Data with labels of one name took the place of others."""
        words = _("{now} took the place of {before}: a run learns from one labeled set.").format(
            now=now, before=before
        )
        self.words.setText(words)
        self.back.setToolTip(
            plain(_("{before} comes back. Ctrl+Z does the same.").format(before=before))
        )
        self.show()
        announce(self, words)
