"""Holds a start back while nobody has looked at how the data were read, and leads there."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from core.language import _, ngettext
from gui.state.session import Session
from gui.widgets.basics import button, column, flowing, label, row
from gui.widgets.sign import Sign

_FEW = 4
HINT = _("First look at how the data were read.")


class UnseenReading(QFrame):
    """A card with what was guessed; hidden while there is nothing to see.

    Signals:
        asked: The user wants to see the reading.
        changed: There is something to see, or no more.
    """

    asked = Signal()
    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "notice")
        self.setProperty("tone", "warn")
        self.setAccessibleName(_("How the data were read"))
        line = row(self, margin=3, gap=2)
        line.addWidget(Sign("attention", "warn", 5))
        words = column(gap=0)
        words.addWidget(label(_("Is this what your data mean?"), "heading"))
        self.words = flowing("")
        words.addWidget(self.words)
        line.addLayout(words, 1)
        self.look = button(_("&See how they were read"), self.asked.emit, icon_name="search")
        line.addWidget(self.look)
        session.findings_changed.connect(self._refresh)
        session.run_changed.connect(self._refresh)
        session.readings.seen.connect(self._refresh)
        self._refresh()

    @property
    def holds_back(self) -> bool:
        """Whether nothing may start yet."""
        return bool(self._unseen())

    def _unseen(self) -> list[dict[str, Any]]:
        session = self._session
        run, recipe = session.run, session.run_recipe
        if session.findings is None and run is not None and recipe is not None:
            # Its data were not scanned again: what it was trained on tells.
            is_same = session.draft.data == recipe.data
            return session.readings.unseen_of_run(run.manifest_file) if is_same else []
        return session.readings.unseen(session.findings)

    def _refresh(self) -> None:
        unseen = self._unseen()
        self.setVisible(bool(unseen))
        said = [
            _("{what} is {value}").format(what=guess["what"], value=guess["value"])
            for guess in unseen[:_FEW]
        ]
        more = (
            [_("{number:,} more").format(number=len(unseen) - _FEW)] if len(unseen) > _FEW else []
        )
        words = ngettext(
            "{number:,} guess decides what is learned: {list}.",
            "{number:,} guesses decide what is learned: {list}.",
            len(unseen),
        )
        self.words.setText(words.format(number=len(unseen), list="; ".join([*said, *more])))
        self.look.setAccessibleDescription(self.words.text())
        self.changed.emit()
