"""The two places to drop folders on, with the buttons that browse for them."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from core.language import _
from core.recipe.modality import Modality
from gui.pages.data.words import asked_words, zone_words
from gui.widgets.basics import button, column, row, set_role
from gui.widgets.beside import Beside
from gui.widgets.drop_zone import DropZone
from gui.words.modality import any_examples

# Steps of the grid from which on they stand side by side.
_SIDE_BY_SIDE = 120


class Zones(QWidget):
    """One for examples without labels, one for those with them.

    Attributes:
        unlabeled, labeled: The zones.
        asked: Titles of the dialogs for a folder and for a file, by whether they are labeled.

    Signals:
        folder_wanted, file_wanted: A dialog is asked for, with whether it is of labeled examples.
    """

    folder_wanted = Signal(bool)
    file_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unlabeled, self.labeled = DropZone("", "", "image"), DropZone("", "", "labels")
        self.asked: tuple[tuple[str, str], ...] = ()
        self._browsers: list[tuple[QWidget, bool, int]] = []
        places = []
        for zone, is_labeled in ((self.unlabeled, False), (self.labeled, True)):
            whole = QWidget()
            inside = column(whole, gap=1)
            inside.addWidget(zone, 1)
            inside.addLayout(self._browse_buttons(is_labeled))
            places.append(whole)
        first, second = places
        column(self).addWidget(Beside(first, second, _SIDE_BY_SIDE, gap=3))

    def light(self, dragging: str) -> None:
        """Show that something is held over the page, or nothing any more."""
        for zone in (self.unlabeled, self.labeled):
            set_role(zone, dragging, "dragging")

    def show_words(self, modality: Modality | None) -> None:
        """Say what they take; None: nobody knows yet."""
        for zone, words in zip((self.unlabeled, self.labeled), zone_words(modality), strict=True):
            zone.show_words(words.title, words.invitation, words.icon_name)
        examples = modality.examples if modality is not None else any_examples()
        self.asked = tuple(asked_words(examples, is_labeled=each) for each in (False, True))
        for made, is_labeled, at in self._browsers:
            made.setAccessibleName(self.asked[is_labeled][at])

    def show_paths(
        self, unlabeled: list[Path], labeled: list[Path], words: dict[Path, str]
    ) -> None:
        """Show what they hold, with what is known of it: then they take little room."""
        for zone, paths in ((self.unlabeled, unlabeled), (self.labeled, labeled)):
            zone.show_paths(paths, words)
            zone.show_low(bool(unlabeled or labeled))

    def _browse_buttons(self, is_labeled: bool) -> QLayout:
        line = row(gap=1)
        folder = button(
            _("Folder …"), lambda: self.folder_wanted.emit(is_labeled), icon_name="folder"
        )
        file = button(
            _("File or zip …"), lambda: self.file_wanted.emit(is_labeled), icon_name="open"
        )
        self._browsers += ((folder, is_labeled, 0), (file, is_labeled, 1))
        line.addWidget(folder)
        line.addWidget(file)
        line.addStretch(1)
        return line
