"""Shows texts with hidden words and guesses; keeps its place when they are renewed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QTextBrowser, QWidget

from core.language import _
from gui.pages.train.guesses import Guesses
from gui.theme import theme
from gui.widgets.basics import on_theme_change


class GuessView(QTextBrowser):
    """Read with the arrow keys; says how many words were guessed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guesses = Guesses()
        self.setAccessibleName(_("Texts with hidden words and the model's guesses"))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(theme().line_height * 10, theme().line_height * 5)
        on_theme_change(self, self._paint)

    def show_guesses(self, guesses: Guesses, words: str) -> None:
        """Show others; `words` say what they are of."""
        self._guesses = guesses
        self.setAccessibleDescription(words)
        self._paint()

    def sizeHint(self) -> QSize:
        """Of some lines."""
        return QSize(theme().line_height * 16, theme().line_height * 14)

    def _paint(self) -> None:
        place = self.verticalScrollBar().value()
        self.setHtml(self._guesses.html())
        self.verticalScrollBar().setValue(place)
