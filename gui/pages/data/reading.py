"""How the data are read: classes with their counts, what was guessed, and that somebody saw it."""

from PySide6.QtWidgets import QWidget

from core.language import _, ngettext
from gui.pages.data.classes import ClassTable, gaps_in_words
from gui.pages.data.guess_lines import GuessLines
from gui.state.findings import Findings
from gui.state.session import Session
from gui.theme import theme
from gui.widgets.basics import WHOLE_ROOM, button, card, column, flowing, label, row, set_role

_SEEN = _("You have looked at this reading: nothing holds training back.")
_SURE = _("Nothing here was guessed that could make it another reading.")


class ReadingTab(QWidget):
    """The same as `redistill scan` prints, with a box for each guess."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._findings: Findings | None = None
        layout = column(self, gap=2)
        layout.setContentsMargins(0, theme().space(2), theme().space(1), theme().space(1))
        self.classes = ClassTable()
        self._gaps = flowing("", "warn")
        layout.addWidget(self.classes, WHOLE_ROOM)
        layout.addWidget(self._gaps)
        frame, inside = card()
        inside.addWidget(label(_("What was found out, not said"), "heading"))
        self.lines = GuessLines(session)
        inside.addWidget(self.lines)
        line = row()
        self.right = button(_("This is ri&ght"), self._confirm, icon_name="tick")
        self._words = flowing("")
        line.addWidget(self.right)
        line.addWidget(self._words, 1)
        inside.addLayout(line)
        layout.addWidget(frame)
        layout.addStretch(1)
        session.readings.seen.connect(self._refresh)

    @property
    def num_unseen(self) -> int:
        """How many lines nobody has looked at."""
        return self.lines.num_marked

    def show_findings(self, findings: Findings) -> None:
        """Show the reading of a scan."""
        self._findings = findings
        self.classes.show_findings(findings)
        self.classes.setVisible(bool(findings.summary["classes"]))
        gaps = gaps_in_words(findings)
        self._gaps.setText("\n".join(gaps))
        self._gaps.setVisible(bool(gaps))
        self._refresh()

    def _refresh(self) -> None:
        if self._findings is None:
            return
        self.lines.show_findings(self._findings)
        number = self.lines.num_marked
        self.right.setVisible(bool(number))
        words = ngettext(
            "Training waits until you have looked at {number:,} marked line.",
            "Training waits until you have looked at {number:,} marked lines.",
            number,
        ).format(number=number)
        known = _SEEN if self.lines.num_lines else _SURE
        self._words.setText(words if number else known)
        set_role(self._words, "warn" if number else "muted")

    def _confirm(self) -> None:
        if self._findings is not None:
            self._session.readings.confirm(self._findings)
            # The button is gone: Tab goes on from the lines.
            self.lines.focus_first()
