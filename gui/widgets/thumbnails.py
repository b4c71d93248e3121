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
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from core.language import _
from gui.theme import icon, theme
from gui.widgets.basics import on_theme_change
from gui.widgets.opening import open_outside
from gui.widgets.picture_viewer import PictureViewer
from gui.widgets.plain import plain
from gui.widgets.thumbnail_loader import ThumbnailLoader, squared

Index = QModelIndex | QPersistentModelIndex
_KEPT = 1_500
# Heights of a picture in lines of text.
LEAST_LINES, MOST_LINES = 3, 20


class ImageListModel(QAbstractListModel):
    """Images as a list; thumbnails come when they are asked for."""

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
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

    def caption(self, row: int) -> str:
        """What stands below the image of a row."""
        return self._caption_of(row)

    def show_side(self, side: int) -> None:
        """Read images of another size from now on, where larger ones are needed."""
        if side > self.loader.side:
            self.loader.side = side
            self._kept.clear()

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
        found = (
            icon("attention", "warn")
            if image.isNull()
            else QIcon(QPixmap.fromImage(squared(image)))
        )
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
    """The wall. Double click or Enter opens an image over the window; Ctrl and the wheel zoom.

    Args:
        lines: Height of a picture in lines of text.
        caption_lines: How many lines a caption has.

    Signals:
        opened: The path of an image that was opened by double click or Enter.
        zoomed: The height of a picture in lines of text is another one.
        chosen: Which images are selected is another matter now.
    """

    opened = Signal(object)
    zoomed = Signal(int)
    chosen = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, lines: int = 6, caption_lines: int = 1
    ) -> None:
        super().__init__(parent)
        self._lines, self._caption_lines = lines, caption_lines
        self.images = ImageListModel(self._pixels, self)
        self.setModel(self.images)
        self.setAccessibleName(_("Images"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(2_000)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(0, theme().space(2), 0, 0)
        self._viewer: PictureViewer | None = None
        self._fit()
        self.activated.connect(lambda index: self._open(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.images.modelReset.connect(self.chosen)
        on_theme_change(self, self._on_theme_changed)
        self.destroyed.connect(self.images.loader.forget)

    @property
    def lines(self) -> int:
        """Height of a picture in lines of text."""
        return self._lines

    def zoom(self, lines: int) -> None:
        """Show pictures larger or smaller, what is in the middle staying in view."""
        lines = max(LEAST_LINES, min(MOST_LINES, lines))
        if lines == self._lines:
            return
        middle = self._middle()
        self._lines = lines
        self.images.show_side(self._pixels)
        self._fit()
        if middle.isValid():
            # Once Qt has laid them out anew.
            QTimer.singleShot(
                0, self, lambda: self.scrollTo(middle, QListView.ScrollHint.PositionAtCenter)
            )
        self.zoomed.emit(lines)

    def _middle(self) -> QModelIndex:
        """An image about the middle of what is seen; where there is a gap, one beside it."""
        at, step = self.viewport().rect().center(), self.gridSize() / 2
        beside = (QPoint(0, 0), QPoint(step.width(), 0), QPoint(0, step.height()))
        found = [self.indexAt(at + way) for way in (*beside, beside[1] + beside[2])]
        return next((index for index in found if index.isValid()), QModelIndex())

    @property
    def selected(self) -> list[Path]:
        """Files of the selected images."""
        return [self.images.path(index.row()) for index in self.selectedIndexes()]

    @property
    def _pixels(self) -> int:
        return round(theme().line_height * self._lines * self.devicePixelRatio())

    def _fit(self) -> None:
        """As many columns as fit, which share the width."""
        side, gap = theme().line_height * self._lines, theme().space(2)
        self.setIconSize(QSize(side, side))
        room = self.viewport().width() - 1
        columns = max(1, room // (side + 2 * gap))
        below = theme().line_height * self._caption_lines
        grid = QSize(max(side + 2 * gap, room // columns), side + below + 3 * gap)
        # Qt lays all of them out anew, even if it is the same.
        if grid != self.gridSize():
            self.setGridSize(grid)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of columns may fit."""
        self._fit()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoom(self._lines + (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
            return
        super().wheelEvent(event)

    def set_images(
        self, count: int, path_of: Callable[[int], Path], caption_of: Callable[[int], str]
    ) -> None:
        """Show other images, from the first one; by their rows, files and what stands below."""
        self.images.set_images(count, path_of, caption_of)
        # Qt lays a hundred thousand items out in pieces; the scroll bar follows.
        QTimer.singleShot(0, self, self.scrollToTop)

    def shut_down(self) -> None:
        """Read no more images."""
        self.images.loader.shut_down()
        if self._viewer is not None:
            self._viewer.shut_down()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the image under the mouse, or the current one."""
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        row = index.row()
        path = self.images.path(row)
        menu = QMenu(self)
        for text, do in (
            (_("&Enlarge"), lambda: self._open(row)),
            (_("&Open in another program"), lambda: open_outside(self, path)),
            (_("Show in &folder"), lambda: open_outside(self, path.parent)),
            (_("&Copy path"), lambda: QGuiApplication.clipboard().setText(str(path))),
        ):
            action = QAction(text, menu)
            action.triggered.connect(do)
            menu.addAction(action)
        place = self.visualRect(index).center() if is_by_key else event.pos()
        menu.popup(self.viewport().mapToGlobal(place))

    def _on_theme_changed(self) -> None:
        self.images.forget_placeholders()
        self._fit()
        # Not through the model: of a hundred thousand rows, only some are to be seen.
        self.viewport().update()

    def _open(self, row: int) -> None:
        if self._viewer is None or self._viewer.parent() is not self.window():
            self._viewer = PictureViewer(self)
            self._viewer.moved.connect(lambda at: self.setCurrentIndex(self.images.index(at)))
        images = self.images
        self._viewer.show_pictures(images.rowCount(), images.path, images.caption, row)
        self.opened.emit(images.path(row))
