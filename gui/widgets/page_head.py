"""The head of a page: its title, what is done with the page, a few words below."""

from PySide6.QtWidgets import QWidget

from gui.widgets.basics import column, flowing, label, row


class PageHead(QWidget):
    """A title with room for controls beside it, and muted words below; both can change."""

    def __init__(self, title: str = "", words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=2)
        self._line = row(gap=2)
        self._title = label(title, "display")
        self._line.addWidget(self._title, 1)
        layout.addLayout(self._line)
        self._words = flowing(words, "muted")
        layout.addWidget(self._words)
        self.show_words(words)

    def add(self, control: QWidget, stretch: int = 0) -> None:
        """Put a control beside the title."""
        self._line.addWidget(control, stretch)

    def show_title(self, title: str) -> None:
        """Another title."""
        self._title.setText(title)

    def show_words(self, words: str) -> None:
        """Other words; none take no room."""
        self._words.setText(words)
        self._words.setVisible(bool(words))
