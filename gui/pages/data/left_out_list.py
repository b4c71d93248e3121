"""What the user has left out of the data, each with a way back."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from core.language import _
from gui.state.session import Session
from gui.widgets.basics import button, clear, column, label, row
from gui.widgets.elided import Elided

_MOST_SHOWN = 30


class LeftOutList(QWidget):
    """Hidden while nothing is left out."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = column(self, gap=2)
        layout.addWidget(label(_("Left out by you"), "heading"))
        self._names = column(gap=1)
        layout.addLayout(self._names)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the draft."""
        names = self._session.draft.data.left_out
        clear(self._names)
        self.setVisible(bool(names))
        for name in names[:_MOST_SHOWN]:
            entry = QWidget()
            line = row(entry)
            back = button(_("Take back"), partial(self._take_back, [name]), icon_name="undo")
            back.setAccessibleName(_("Take back {name}").format(name=name))
            line.addWidget(back)
            line.addWidget(Elided(name, mode=Qt.TextElideMode.ElideMiddle), 1)
            self._names.addWidget(entry)
        if len(names) > 1:
            every = button(
                _("Take all {number:,} back").format(number=len(names)),
                lambda: self._take_back(names),
            )
            self._names.addWidget(every, 0, Qt.AlignmentFlag.AlignLeft)

    def _take_back(self, names: Sequence[str]) -> None:
        kept = [name for name in self._session.draft.data.left_out if name not in names]
        words = (
            _("Take back {name}").format(name=Path(names[0]).name)
            if len(names) == 1
            else _("Take all back")
        )
        self._session.change(words, data={"left_out": kept})
