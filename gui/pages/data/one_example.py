"""One example, as large as there is room: a picture or a text."""

from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import label
from gui.widgets.picture import READ_SIDE, Picture
from gui.widgets.thumbnail_loader import ThumbnailLoader


class OneExample(QStackedWidget):
    """Shows a picture, a text, or says that it can't."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = Path()
        self._words = ""
        self._loader = ThumbnailLoader(READ_SIDE, self)
        self._loader.loaded.connect(self._on_loaded)
        self.picture, self.text = Picture(), QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("The text"))
        self.text.setMinimumHeight(theme().line_height * 4)
        self._nothing = label("", "muted")
        for view in (self._nothing, self.picture, self.text):
            self.addWidget(view)

    def show_example(self, file: Path, text: str, words: str) -> None:
        """Show an example.

        Args:
            file: Where it is.
            text: What it says; empty for a picture.
            words: What it is, for a screen reader.
        """
        self._file, self._words = file, words
        if text:
            self.text.setPlainText(text)
            self.setCurrentWidget(self.text)
            return
        self.picture.show_image(QImage(), "")
        self.setCurrentWidget(self.picture)
        self._loader.want(file)

    def show_nothing(self) -> None:
        """Show nothing."""
        self._file = Path()
        self._nothing.setText("")
        self.setCurrentWidget(self._nothing)

    def ahead(self, file: Path) -> None:
        """Read a picture that comes next."""
        self._loader.want(file)

    def shut_down(self) -> None:
        """Read no more."""
        self._loader.shut_down()

    def _on_loaded(self, path: Path, image: QImage) -> None:
        if path != self._file:
            return
        if image.isNull():
            self._nothing.setText(_("{name} can't be shown.").format(name=path.name))
            self.setCurrentWidget(self._nothing)
        else:
            self.picture.show_image(image, self._words)
