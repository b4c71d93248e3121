"""What stands where there is nothing yet: one picture, one sentence, one thing to do."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.theme import theme
from gui.theme.pictures import drawing
from gui.widgets.basics import centred, column, flowing, on_theme_change

_ACROSS, _DOWN = 44, 30
_WORDS_WIDE = 28


class EmptyState(QWidget):
    """Fills the room that it is given and stands in the middle of it.

    Args:
        picture: A drawing of `resources/pictures/`, without `.svg`.
        sentence: What is not here, or what to do, in one sentence.
        action: The button that does it, made by `button()`; the page's primary one needs none.
        words: More, in muted words.
    """

    def __init__(
        self,
        picture: str,
        sentence: str,
        action: QPushButton | None = None,
        *,
        words: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = column(self, margin=3, gap=3)
        self.picture = Drawing(picture)
        self._sentence, self._words = flowing("", "title"), flowing("", "muted")
        layout.addStretch(2)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._sentence, self._words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setMaximumWidth(theme().line_height * _WORDS_WIDE)
            layout.addLayout(centred(part))
        if action is not None:
            layout.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.action = action
        self.say(sentence, words)

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def say(self, sentence: str, words: str = "") -> None:
        """Other words; none take no room."""
        self._sentence.setText(sentence)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.setAccessibleName(f"{sentence} {words}".strip())


class Drawing(QWidget):
    """One of our drawings in the colours of the look; a screen reader passes it over."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        on_theme_change(self, self.update)

    def show_drawing(self, name: str) -> None:
        """Show another one."""
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        """Some ten lines of text wide."""
        return QSize(theme().space(_ACROSS), theme().space(_DOWN))

    def minimumSizeHint(self) -> QSize:
        """Half of it."""
        return self.sizeHint() / 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the middle, with its aspect kept."""
        del event
        picture = drawing(self._name, theme().colours)
        size = picture.defaultSize().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture.render(painter, QRectF(left, top, size.width(), size.height()))
