"""A line that opens and closes what is below it; its arrow says which it does."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gui.theme import icon, theme
from gui.widgets.basics import on_theme_change


class Disclosure(QToolButton):
    """Closed at first; `toggled` tells of a change, `show_open` only points the arrow."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setProperty("role", "disclosure")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        side = theme().space(5)
        self.setIconSize(QSize(side, side))
        self._is_open = False
        self.toggled.connect(self.show_open)
        on_theme_change(self, self._paint)
        self._paint()

    def show_open(self, is_open: bool) -> None:
        """Point the arrow as if it were so."""
        self._is_open = is_open
        self._paint()

    def _paint(self) -> None:
        self.setIcon(icon("chevron-down" if self._is_open else "chevron-right", "text"))
