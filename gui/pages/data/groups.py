"""What belongs together (patients, videos, sheets), so that no split cuts through it."""

from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.language import _
from gui.state.session import Session
from gui.widgets.basics import row

_WAYS: Final = (
    (None, _("Nothing is known"), ""),
    ("group_column", _("A column of the table says"), "patient"),
    ("group_pattern", _("Part of the names says"), r"(patient\d+)_"),
)
_TIP: Final = _(
    "Several images of one patient, frames of one video, texts of one author: all are drawn "
    "into the same split, or the score is better than the model."
)


class Groups(QWidget):
    """A box with the way to tell, and a field for the column or the regular expression."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._updating = False
        line = row(self)
        self.way = QComboBox()
        self.way.addItems([words for _, words, _ in _WAYS])
        self.way.setToolTip(_TIP)
        self.value = QLineEdit()
        self.value.setAccessibleName(_("Column or pattern that says what belongs together"))
        self.value.setMinimumWidth(220)
        line.addWidget(self.way)
        line.addWidget(self.value)
        line.addStretch(1)
        self.way.activated.connect(self._on_way)
        self.value.editingFinished.connect(self._apply)
        self.refresh()

    def refresh(self) -> None:
        """Show the draft."""
        data = self._session.draft.data
        self._updating = True
        found = next(
            (index for index, (key, _, _) in enumerate(_WAYS) if key and getattr(data, key)), None
        )
        if found is not None:
            key = _WAYS[found][0]
            self.way.setCurrentIndex(found)
            self.value.setText(str(getattr(data, key or "")))
        elif self.value.isHidden() or self.value.text():
            # A way that was just chosen stays, until its field is filled.
            self.way.setCurrentIndex(0)
            self.value.clear()
        self._show_field()
        self._updating = False

    def _on_way(self) -> None:
        self.value.clear()
        self._show_field()
        if self.way.currentIndex():
            self.value.setFocus()
        self._apply()

    def _show_field(self) -> None:
        index = self.way.currentIndex()
        self.value.setVisible(index > 0)
        self.value.setPlaceholderText(_WAYS[index][2])

    def _apply(self) -> None:
        if self._updating:
            return
        asked: dict[str, Any] = {"group_column": None, "group_pattern": None}
        key = _WAYS[self.way.currentIndex()][0]
        if key is not None:
            asked[key] = self.value.text().strip() or None
        data = self._session.draft.data
        if asked != {name: getattr(data, name) for name in asked}:
            self._session.change(_("What belongs together"), data=asked)
