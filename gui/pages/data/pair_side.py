"""One of two examples that are compared: a picture or a text, what it is, and a way to be rid."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedWidget, QWidget

from core.language import _
from gui.theme import theme
from gui.widgets.basics import button, column, label
from gui.widgets.elided import Elided
from gui.widgets.picture import READ_SIDE, Picture
from gui.widgets.thumbnail_loader import ThumbnailLoader


class PairSide(QFrame):
    """Signals: `left_out` with the name of the example, as the recipe takes it."""

    left_out = Signal(str)

    def __init__(self, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._place = place
        self._entry: dict[str, Any] = {}
        self._loader = ThumbnailLoader(READ_SIDE, self)
        self._loader.loaded.connect(self._on_loaded)
        layout = column(self, margin=2, gap=1)
        self.what = label("", "heading")
        self.name = Elided("", "muted", Qt.TextElideMode.ElideMiddle)
        self.picture, self.text = Picture(), QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(theme().line_height * 4)
        self._nothing = label(_("It can't be shown."), "muted")
        self._views = QStackedWidget()
        for view in (self.picture, self.text, self._nothing):
            self._views.addWidget(view)
        self.button = button(
            _("Leave &out this one") if place == "left" else _("Leave out t&his one"),
            lambda: self.left_out.emit(str(self._entry.get("name", ""))),
            icon_name="close",
        )
        layout.addWidget(self.what)
        layout.addWidget(self.name)
        layout.addWidget(self._views, 1)
        layout.addWidget(self.button)

    def show_entry(self, entry: dict[str, Any], shown_as: str) -> None:
        """Show an example.

        Args:
            entry: A side as `core.data.side_by_side` writes it.
            shown_as: How its modality shows examples.
        """
        self._entry = entry
        self.what.setText(entry["what"])
        self.name.show_text(entry["name"])
        self.button.setAccessibleName(
            _("Leave out {name} ({what})").format(name=entry["name"], what=entry["what"])
        )
        self.text.setPlainText(entry["text"])
        self.text.setAccessibleName(
            _("The text on the left") if self._place == "left" else _("The text on the right")
        )
        view: QWidget = self._nothing
        if shown_as == "picture" and entry["file"]:
            view = self.picture
            self.picture.show_image(QImage(), "")
            self._loader.want(Path(entry["file"]))
        elif entry["text"]:
            view = self.text
        self._views.setCurrentWidget(view)

    def shut_down(self) -> None:
        """Read no more."""
        self._loader.shut_down()

    def _on_loaded(self, path: Path, image: QImage) -> None:
        if str(path) != self._entry.get("file"):
            return
        if image.isNull():
            self._views.setCurrentWidget(self._nothing)
        else:
            self.picture.show_image(image, f"{self._entry['name']}: {self._entry['what']}")
