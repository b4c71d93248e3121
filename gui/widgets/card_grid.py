"""Cards in as many columns as there is room for; arrow keys go from one to the next."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from gui.theme import theme
from gui.widgets.choice import Choice

_MOST_COLUMNS = 4


class CardGrid(QWidget):
    """Signals: `focused` with the card that an arrow key went to."""

    focused = Signal(object)

    def __init__(
        self, lines_wide: int, parent: QWidget | None = None, *, most: int = _MOST_COLUMNS
    ) -> None:
        super().__init__(parent)
        self._lines_wide, self._most = lines_wide, most
        self._shown: list[Choice] = []
        self._columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme().space(2))
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def place(self, cards: Sequence[Choice]) -> None:
        """Show these cards in this order; others that were shown are hidden."""
        room = self.width() // (theme().line_height * self._lines_wide)
        columns = max(1, min(self._most, room))
        are_here = all(card.parent() is self and not card.isHidden() for card in cards)
        if list(cards) == self._shown and columns == self._columns and are_here:
            return
        # Not by `takeAt`: Qt would tell the old place of a card that its height has changed.
        for card in self._shown:
            self._grid.removeWidget(card)
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for card in self._shown:
            if card not in cards and card.parent() is self:
                card.hide()
        # What is left over goes below the cards, not into them.
        self._grid.setRowStretch(-(-len(self._shown) // self._columns), 0)
        self._grid.setRowStretch(-(-len(cards) // columns), 1)
        self._shown, self._columns = list(cards), columns
        before: QWidget | None = None
        for index, card in enumerate(cards):
            self._grid.addWidget(card, index // columns, index % columns)
            card.show()
            card.moved.connect(self._move, Qt.ConnectionType.UniqueConnection)
            before = _in_tab_order(before, card)

    def _move(self, across: int, down: int) -> None:
        card = self.sender()
        if not isinstance(card, Choice) or card not in self._shown:
            return
        index = self._shown.index(card) + across + down * self._columns
        if 0 <= index < len(self._shown):
            self._shown[index].setFocus(Qt.FocusReason.OtherFocusReason)
            self.focused.emit(self._shown[index])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use another number of columns where another number fits."""
        super().resizeEvent(event)
        # Not those that another grid has taken, before this one is told to do without.
        self.place([card for card in self._shown if card.parent() is self])


def _in_tab_order(before: QWidget | None, card: Choice) -> QWidget:
    inside: Iterable[QWidget] = card.findChildren(QAbstractButton)
    for widget in (card, *inside):
        if before is not None:
            QWidget.setTabOrder(before, widget)
        before = widget
    assert before is not None
    return before
