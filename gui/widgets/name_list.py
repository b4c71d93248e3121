"""A list of examples that can't be shown themselves, by the names of their files."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView, QWidget

Index = QModelIndex | QPersistentModelIndex


class NameListModel(QAbstractListModel):
    """Names and captions, made only of rows that are looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._name_of: Callable[[int], str] = str
        self._caption_of: Callable[[int], str] = str

    def show_names(
        self, count: int, name_of: Callable[[int], str], caption_of: Callable[[int], str]
    ) -> None:
        """Show others."""
        self.beginResetModel()
        self._count, self._name_of, self._caption_of = count, name_of, caption_of
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One row an example."""
        return 0 if parent is not None and parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name and caption in one line."""
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            caption = self._caption_of(index.row()).replace("\n", "  ")
            return f"{self._name_of(index.row())}: {caption}"
        return None


class NameList(QListView):
    """The list; any number of names."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = NameListModel(self)
        self.setModel(self.names)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName(name)
