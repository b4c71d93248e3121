"""The map itself: dots to move, to zoom and to pick, by mouse and by keyboard."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.atlas.area import rows_inside
from gui.atlas.camera import MapCamera
from gui.atlas.picture import Frame, Layer, MapPicture
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.widgets.plain import plain

_STEP: Final = 1.25
_PER_NOTCH: Final = 1.0015
# Within so many steps of the grid of the pointer, a point is under it.
_NEAR: Final = 3
_MOVES: Final = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_BY_KEYBOARD: Final = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class MapView(QWidget):
    """Dragging moves it; with `draws_area`, or Shift, it draws around points.

    Signals:
        picked: A point that was clicked; -1 beside all of them.
        outlined: The rows of points that were drawn around; none after Escape.
    """

    picked = Signal(int)
    outlined = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.draws_area = False
        self.words_of: Callable[[int], str] = str
        self._picture = MapPicture()
        self._marked = -1
        self._places = np.zeros((0, 2), np.float32)
        self._camera = MapCamera()
        self._held: QPoint | None = None
        self._has_moved = False
        self._area: list[QPointF] = []
        self._shows_circle = False
        on_theme_change(self, self.update)

    @property
    def zoom(self) -> float:
        """1 when all of it is seen."""
        return self._camera.zoom

    def show_extent(self, places: NDArray[np.float32]) -> None:
        """All (…, 2) places that points will ever have: the frame is as large as these."""
        self._camera.show_extent(places)
        self.update()

    def show_places(self, places: NDArray[np.float32]) -> None:
        """(N, 2) places of the points now."""
        self._places = places
        self._picture.show_places(places)
        self.update()

    def show_layers(self, layers: list[Layer]) -> None:
        """The dots, the lowest first."""
        self._picture.show_layers(layers)
        self.update()

    def mark(self, row: int) -> None:
        """Put a ring around a point; -1 for none. It is moved into view."""
        self._marked = row
        if row >= 0 and not self.rect().contains(self.position(row).toPoint()):
            self._camera.show_place(self._places[row])
        self.update()

    def position(self, row: int) -> QPointF:
        """Where a point is in the widget."""
        x, y = self._picture.at(self._frame())
        ratio = self.devicePixelRatioF()
        return QPointF(float(x[row]) / ratio, float(y[row]) / ratio)

    def show_all(self) -> None:
        """See all of it."""
        self._camera.show_all()
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """See less or more, what is at a place staying there."""
        self._camera.zoom_by(factor, at if at is not None else QRectF(self.rect()).center())
        self.update()

    def zoom_in(self) -> None:
        """See less, larger."""
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        """See more, smaller."""
        self.zoom_by(1 / _STEP)

    def move_by(self, across: float, down: float) -> None:
        """Move the map by so many pixels."""
        self._camera.move_by(across, down)
        self.update()

    def point_at(self, at: QPointF) -> int:
        """The point nearest to a place, if it is near; else -1."""
        if not len(self._places):
            return -1
        ratio = self.devicePixelRatioF()
        x, y = self._picture.at(self._frame())
        far = (x - at.x() * ratio) ** 2 + (y - at.y() * ratio) ** 2
        row = int(far.argmin())
        return row if far[row] <= (theme().space(_NEAR) * ratio) ** 2 else -1

    def rows_in(self, area: QPainterPath) -> NDArray[np.intp]:
        """The points inside of an area of the widget."""
        x, y = self._picture.at(self._frame())
        ratio = self.devicePixelRatioF()
        return rows_inside(area, x / ratio, y / ratio, self.size())

    def select_in_circle(self) -> None:
        """What Enter does: as if one had drawn around the middle."""
        area = QPainterPath()
        area.addEllipse(self._camera.circle)
        self.outlined.emit(self.rows_in(area))

    def sizeHint(self) -> QSize:
        """As high as leaves it whole on a small screen; it takes the room that there is."""
        return QSize(theme().space(120), theme().space(60))

    def minimumSizeHint(self) -> QSize:
        """Some dots can be told apart in this."""
        return QSize(theme().space(50), theme().space(35))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is in the middle stays there."""
        self._camera.size = event.size()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, dots, the ring, what is drawn around."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        if len(self._places):
            image = self._picture.image(self._frame())
            image.setDevicePixelRatio(self.devicePixelRatioF())
            painter.drawImage(0, 0, image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if 0 <= self._marked < len(self._places):
            self._paint_ring(painter)
        painter.setPen(QPen(theme().colour("accent"), 2))
        if self._shows_circle and self.hasFocus():
            painter.drawEllipse(self._camera.circle)
        if len(self._area) > 1:
            ground = theme().colour("accent")
            ground.setAlpha(30)
            painter.setBrush(ground)
            painter.drawPolygon(QPolygonF(self._area))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(theme().colour(edge), 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_ring(self, painter: QPainter) -> None:
        at, size = (
            self.position(self._marked),
            self._camera.dot(len(self._places)) / 2 + theme().space(1),
        )
        for role, wide in (("surface", 6.0), ("text", 2.5)):
            painter.setPen(QPen(theme().colour(role), wide))
            painter.drawEllipse(at, size, size)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move, or to draw around points."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._held, self._has_moved = event.position().toPoint(), False
        is_area = self.draws_area != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._area = [event.position()] if is_area else []
        if not is_area:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it, or draw on."""
        if self._held is None:
            return
        now = event.position().toPoint()
        self._has_moved |= (now - self._held).manhattanLength() > 2 or bool(self._area[1:])
        if self._area:
            self._area.append(event.position())
            self.update()
        elif self._has_moved:
            step, self._held = now - self._held, now
            self.move_by(step.x(), step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was drawn around is selected; a click picks a point."""
        if self._held is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._held = None
        self.unsetCursor()
        area, self._area = self._area, []
        self.update()
        if not self._has_moved:
            self.picked.emit(self.point_at(event.position()))
        elif area:
            path = QPainterPath()
            path.addPolygon(QPolygonF(area))
            path.closeSubpath()
            self.outlined.emit(self.rows_in(path))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the pointer is."""
        self.zoom_by(_PER_NOTCH ** event.angleDelta().y(), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, 0 shows all, Enter selects, Escape selects nothing."""
        key = event.key()
        self._shows_circle = True
        self.update()
        if key in _MOVES:
            step = theme().space(10)
            across, down = _MOVES[Qt.Key(key)]
            self.move_by(across * step, down * step)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key in {Qt.Key.Key_0, Qt.Key.Key_Home}:
            self.show_all()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.select_in_circle()
        elif key == Qt.Key.Key_Escape:
            self.outlined.emit(np.zeros(0, np.intp))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by keyboard sees what Enter selects."""
        self._shows_circle = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        """What a point is, when the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row = self.point_at(QPointF(event.pos()))
            words = plain(self.words_of(row)) if row >= 0 else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _frame(self) -> Frame:
        return self._camera.frame(len(self._places), self.devicePixelRatioF())
