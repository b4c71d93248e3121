"""Two columns that stand beside each other where there is room, else one below the other."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from gui.theme import theme
from gui.widgets.basics import column

# Steps of the grid from which on pages have two columns.
TWO_COLUMNS = 400


class Beside(QWidget):
    """Takes the first column and the second one.

    Signals:
        turned: Whether they stand beside each other now.

    Args:
        first: Read first: at the left, or above.
        second: Read afterwards.
        wide: From how many steps of the grid on they stand beside each other.
        share: How much wider the first one is than the second.
        parent: Owns it.
        gap: Between them, side by side, in steps of the grid.
    """

    turned = Signal(bool)

    def __init__(
        self,
        first: QWidget,
        second: QWidget,
        wide: int = TWO_COLUMNS,
        share: int = 1,
        parent: QWidget | None = None,
        *,
        gap: int = 6,
    ) -> None:
        super().__init__(parent)
        self._wide, self._share, self._gap = wide, share, gap
        self._layout = column(self, gap=3)
        self._parts = (first, second)
        for part in self._parts:
            self._layout.addWidget(part)

    @property
    def is_wide(self) -> bool:
        """Whether they stand beside each other."""
        return self._layout.direction() is QBoxLayout.Direction.LeftToRight

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider one: side by side they are only where there is room for both."""
        least = super().minimumSizeHint()
        shown = [part for part in self._parts if not part.isHidden()]
        parts = [part.minimumSizeHint().width() for part in shown]
        return QSize(max(parts, default=0), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other, or not."""
        super().resizeEvent(event)
        is_wide = self.width() >= theme().space(self._wide)
        if is_wide != self.is_wide:
            below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self._layout.setDirection(beside if is_wide else below)
            self._layout.setSpacing(theme().space(self._gap if is_wide else 3))
            self._layout.setStretch(0, self._share * is_wide)
            self._layout.setStretch(1, int(is_wide))
            self.turned.emit(is_wide)


def stacked(*parts: QWidget) -> QWidget:
    """A column: parts below each other, and the room that is left below them."""
    made = QWidget()
    layout = column(made, gap=3)
    for part in parts:
        layout.addWidget(part)
    layout.addStretch(1)
    return made
