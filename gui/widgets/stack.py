"""Pages of which one is shown, and which need no more width than that one does."""

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.theme import theme

# In percent. Larger letters have no room on a small screen anyway: there pages scroll sideways, at
# the width of the widest, at which nothing is cut. Those of 100 % fit but in languages with long
# words, where that width is needed, too.
_THAT_WRAP = range(101, 151)


def shown_page(pages: QStackedWidget) -> QWidget | None:
    """The page whose width counts; None where it is that of the widest."""
    return pages.currentWidget() if theme().text_size in _THAT_WRAP else None


class Stack(QStackedWidget):
    """Qt's own is as wide as its widest page, shown or not: with large letters it would scroll.

    Args:
        pages: In it from the start, the first of them in front.
        parent: Owns it.
    """

    def __init__(self, pages: Iterable[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for page in pages:
            self.addWidget(page)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """As wide as the page that is shown."""
        least, shown = super().minimumSizeHint(), shown_page(self)
        wide = shown.minimumSizeHint().width() if shown is not None else least.width()
        return QSize(wide, least.height())
