"""The examples of chosen points, as they can be shown; the one in hand has its point marked."""

from collections.abc import Collection
from pathlib import Path
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QListView, QWidget

from core.language import _
from core.readers.colouring import Colouring
from core.recipe.modality import AUTO, Modality, modality_named
from gui.atlas.facts import MapFacts
from gui.widgets.basics import column, label
from gui.widgets.name_list import NameList
from gui.widgets.text_list import MOST_TEXTS, TextItem, TextList
from gui.widgets.thumbnails import ImageWall

_HOW: Final = _("Hold Shift and draw around points, or click one, to see their {examples}.")


class MapGallery(QWidget):
    """Words above a wall of pictures, a list of texts, or one of names.

    Signals:
        in_hand: The row of the point whose example is chosen; -1 for none.
    """

    in_hand = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = np.zeros(0, np.intp)
        self._facts: MapFacts | None = None
        self._modality = modality_named(AUTO)
        layout = column(self, gap=2)
        self.words = label("", "muted")
        layout.addWidget(self.words)
        self.wall = ImageWall(lines=5, caption_lines=2)
        self.list, self.names = TextList(_("Texts")), NameList(_("Examples"))
        self._views: tuple[QWidget, ...] = (self.wall, self.list, self.names)
        for part in self._views:
            layout.addWidget(part, 1)
        lists: tuple[QListView, ...] = (self.wall, self.list.view, self.names)
        for view in lists:
            view.selectionModel().currentChanged.connect(self._on_current)
        self.show_modality(self._modality)

    @property
    def rows(self) -> NDArray[np.intp]:
        """(M,) points whose examples are shown."""
        return self._rows

    def show_modality(self, modality: Modality) -> None:
        """Show other examples, as they can be shown."""
        self._modality = modality
        shown = dict(zip(("picture", "text", "name"), self._views, strict=True))[modality.shown_as]
        for part in self._views:
            part.setVisible(part is shown)
        for view in (self.wall, self.list.view, self.names):
            view.setAccessibleName(modality.words(_("{Examples} of the chosen points")))

    def show_rows(self, facts: MapFacts | None, rows: NDArray[np.intp], words: str) -> None:
        """Show the examples of these points, in this order."""
        self._facts, self._rows = facts, rows
        self.words.setText(words)
        match self._modality.shown_as:
            case "picture":
                self.wall.set_images(len(rows), self._path, self._caption)
            case "text":
                self.list.show_items([self._text(at) for at in range(len(rows[:MOST_TEXTS]))])
            case "name":
                self.names.names.show_names(
                    len(rows), lambda at: self._path(at).name, self._caption
                )
            case never:
                assert_never(never)

    def show_groups(
        self,
        facts: MapFacts,
        colouring: Colouring,
        groups: Collection[int],
        order: NDArray[np.intp],
    ) -> None:
        """Show the examples of some groups of a colouring, of none all; and say how to choose.

        Args:
            facts: The map.
            colouring: Has the groups.
            groups: Which of them; -1 are those that are grey.
            order: (N,) all points in the order in which they are shown.
        """
        rows = order[np.isin(colouring.of[order], list(groups))] if groups else order
        left_out = facts.atlas.num_left_out
        words = f"{self._modality.counted(len(rows))}. {self._modality.words(_HOW)}"
        if left_out:
            words += _(" {left_out:,} are not on the map.").format(left_out=left_out)
        self.show_rows(facts, rows, words)

    def add_below(self, part: QWidget) -> None:
        """Have something stand below the examples."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(part)

    def choose_first(self) -> None:
        """Take the first one in hand; of texts it is so anyway."""
        match self._modality.shown_as:
            case "picture":
                self.wall.setCurrentIndex(self.wall.images.index(0))
            case "name":
                self.names.setCurrentIndex(self.names.names.index(0))
            case "text":
                pass
            case never:
                assert_never(never)

    def shut_down(self) -> None:
        """Read no more pictures."""
        self.wall.shut_down()

    def _on_current(self, index: QModelIndex) -> None:
        at = index.row() if index.isValid() else -1
        self.in_hand.emit(int(self._rows[at]) if 0 <= at < len(self._rows) else -1)

    def _path(self, at: int) -> Path:
        assert self._facts is not None
        return Path(self._facts.atlas.files[int(self._rows[at])])

    def _caption(self, at: int) -> str:
        assert self._facts is not None
        return self._facts.caption(int(self._rows[at]))

    def _text(self, at: int) -> TextItem:
        assert self._facts is not None
        row, atlas = int(self._rows[at]), self._facts.atlas
        text = atlas.texts[row] if atlas.texts else ""
        caption = self._facts.caption(row).replace("\n→", " →").replace("\n", ", ")
        return TextItem(caption, text or _("This text is no longer in its file."), atlas.names[row])
