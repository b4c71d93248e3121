"""The table of predictions: rows to sort, the picture of one over the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.language import _
from core.recipe.modality import Modality
from gui.pages.results.prediction_row import Column
from gui.pages.results.predictions import Predictions
from gui.theme import theme
from gui.widgets.opening import open_outside
from gui.widgets.picture_viewer import PictureViewer

_SIDE = 96


class PredictionTable(QTableView):
    """A click on a column sorts, a third one gives the order in which they were found back.

    Attributes:
        rows: What is in it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_seen = False
        self._viewer: PictureViewer | None = None
        self.rows = Predictions(_SIDE, self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.setMinimumHeight(theme().line_height * 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        # In the order in which they were found, until another one is chosen.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSectionResizeMode(Column.EXAMPLE, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(Column.CLASS, theme().line_height * 10)
        self.setColumnWidth(Column.PROBABILITY, theme().line_height * 6)
        self.activated.connect(self._open)

    def show_modality(self, modality: Modality) -> None:
        """Show other examples from now on."""
        self._is_seen = modality.shown_as == "picture"
        self.rows.show_kind(modality.words("{Example}"), has_icons=self._is_seen)
        self.setAccessibleName(modality.words(_("{Examples} and their classes")))
        high = theme().line_height * (3 if self._is_seen else 2)
        self.verticalHeader().setDefaultSectionSize(high)
        side = high - theme().space(2)
        self.setIconSize(QSize(side, side))

    def keeping_place(self, change: Callable[[], None]) -> None:
        """Change what is shown, and keep the row in hand where it is."""
        index = self.currentIndex()
        place = self.rows.row(index).place if index.isValid() else ""
        scrolled = self.verticalScrollBar().value()
        change()
        if place and (found := self.rows.place_of(place)).isValid():
            self.setCurrentIndex(found)
        self.verticalScrollBar().setValue(scrolled)

    @property
    def detail(self) -> str:
        """All that is known of the row in hand."""
        index = self.currentIndex()
        if not index.isValid() or index.row() >= self.rows.rowCount():
            return ""
        row = self.rows.row(index)
        said = self.rows.index(index.row(), Column.CLASS).data(Qt.ItemDataRole.ToolTipRole)
        return f"{row.place}: {said}"

    def _open(self, index: QModelIndex) -> None:
        rows = self.rows
        if not self._is_seen:
            open_outside(self, Path(rows.row(index).file).parent)
            return
        if self._viewer is None:
            self._viewer = PictureViewer(self)
            self._viewer.moved.connect(lambda at: self.setCurrentIndex(rows.index(at, 0)))
        self._viewer.show_pictures(
            rows.rowCount(),
            lambda at: Path(rows.row(rows.index(at, 0)).file),
            lambda at: rows.row(rows.index(at, 0)).answer,
            index.row(),
        )
