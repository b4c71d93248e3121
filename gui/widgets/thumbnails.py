"""A wall of thumbnails for any number of images: only what is looked at is read."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDesktopServices,
    QGuiApplication,
    QIcon,
    QImage,
    QPixmap,
)
from PySide6.QtWidgets import QListView, QMenu, QWidget

from gui.theme import icon, theme
from gui.widgets.basics import on_theme_change
from gui.widgets.plain import plain
from gui.widgets.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex
_KEPT = 1_500


class ImageListModel(QAbstractListModel):
    """Images as a list; thumbnails come when they are asked for."""

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._count = 0
        self._path_of: Callable[[int], Path] = lambda _: Path()
        self._caption_of: Callable[[int], str] = lambda _: ""
        self._kept: OrderedDict[Path, QIcon] = OrderedDict()
        self._broken: set[Path] = set()
        self._rows: dict[Path, int] = {}
        self.loader = ThumbnailLoader(side, self)
        self.loader.loaded.connect(self._on_loaded)

    def set_images(
        self, count: int, path_of: Callable[[int], Path], caption_of: Callable[[int], str]
    ) -> None:
        """Show other images."""
        self.loader.forget()
        self.beginResetModel()
        self._count, self._path_of, self._caption_of = count, path_of, caption_of
        self._rows.clear()
        self.endResetModel()

    def path(self, row: int) -> Path:
        """Where the image of a row is."""
        return self._path_of(row)

    def forget_placeholders(self) -> None:
        """Their colour has changed."""
        for path in self._broken:
            self._kept.pop(path, None)
        self._broken.clear()

    def rowCount(self, parent: Index | None = None) -> int:
        """One row per image."""
        return 0 if parent is not None and parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Caption, thumbnail, place."""
        row = index.row()
        if not 0 <= row < self._count:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._caption_of(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(str(self._path_of(row)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._path_of(row).name}, {self._caption_of(row)}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnail(row)
        return None

    def _thumbnail(self, row: int) -> QIcon:
        path = self._path_of(row)
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        self._rows[path] = row
        self.loader.want(path)
        return icon("image", "line")

    def _on_loaded(self, path: Path, image: QImage) -> None:
        found = icon("attention", "warn") if image.isNull() else QIcon(QPixmap.fromImage(image))
        if image.isNull():
            self._broken.add(path)
        self._kept[path] = found
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        row = self._rows.pop(path, None)
        if row is not None and row < self._count:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


class ImageWall(QListView):
    """The wall.

    Args:
        lines: Height of a picture in lines of text.
        caption_lines: How many lines a caption has.

    Signals:
        opened: The path of an image that was opened by double click or Enter.
    """

    opened = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, *, lines: int = 6, caption_lines: int = 1
    ) -> None:
        super().__init__(parent)
        side = theme().line_height * lines
        self.images = ImageListModel(round(side * self.devicePixelRatio()), self)
        self.setModel(self.images)
        self.setAccessibleName("Images")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(2_000)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(side, side))
        gap = theme().space(2)
        below = theme().line_height * caption_lines
        self.setGridSize(QSize(side + 2 * gap, side + below + 3 * gap))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.activated.connect(lambda index: self._open(self.images.path(index.row())))
        on_theme_change(self, self._on_theme_changed)
        self.destroyed.connect(self.images.loader.forget)

    def set_images(
        self, count: int, path_of: Callable[[int], Path], caption_of: Callable[[int], str]
    ) -> None:
        """Show other images, from the first one.

        Args:
            count: How many.
            path_of: Row to file.
            caption_of: Row to what stands below it.
        """
        self.images.set_images(count, path_of, caption_of)
        # Qt lays a hundred thousand items out in pieces; the scroll bar follows.
        QTimer.singleShot(0, self, self.scrollToTop)

    def shut_down(self) -> None:
        """Read no more images."""
        self.images.loader.shut_down()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the image under the mouse, or the current one."""
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        path = self.images.path(index.row())
        menu = QMenu(self)
        for text, do in (
            ("&Open", lambda: self._open(path)),
            ("Show in &folder", lambda: show_in_folder(path)),
            ("&Copy path", lambda: QGuiApplication.clipboard().setText(str(path))),
        ):
            action = QAction(text, menu)
            action.triggered.connect(do)
            menu.addAction(action)
        place = self.visualRect(index).center() if is_by_key else event.pos()
        menu.popup(self.viewport().mapToGlobal(place))

    def _on_theme_changed(self) -> None:
        self.images.forget_placeholders()
        # Not through the model: of a hundred thousand rows, only some are to be seen.
        self.viewport().update()

    def _open(self, path: Path) -> None:
        self.opened.emit(path)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def show_in_folder(path: Path) -> None:
    """Open the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
