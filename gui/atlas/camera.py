"""What of a map is seen: where its middle is, and how large it is."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize

from gui.atlas.picture import Frame
from gui.theme import theme

_MOST_ZOOM: Final = 200.0
# Width of a dot by the number of points: the more, the smaller.
_SIZES: Final = ((50_000, 2.0), (20_000, 3.0), (5_000, 4.0), (1_000, 6.0), (0, 8.0))
_LARGEST: Final = 14.0

Pair = NDArray[np.float64]


def _pair(across: float, up: float) -> Pair:
    return np.array([across, up], np.float64)


class MapCamera:
    """In units of the map, y upwards; of a widget in device-independent pixels."""

    def __init__(self) -> None:
        self._low, self._high = _pair(-1, -1), _pair(1, 1)
        self._middle = _pair(0, 0)
        self.size = QSize(1, 1)
        self.zoom = 1.0

    def show_extent(self, places: NDArray[np.float32]) -> None:
        """All of it is where these (…, 2) places are."""
        flat = places.reshape(-1, 2).astype(np.float64)
        if len(flat):
            self._low, self._high = flat.min(axis=0), flat.max(axis=0)
        self.show_all()

    def show_all(self) -> None:
        """See all of it."""
        self.zoom = 1.0
        self._middle = (self._low + self._high) / 2

    def show_place(self, place: NDArray[np.float32]) -> None:
        """Have a (2,) place in the middle."""
        self._middle = place.astype(np.float64)

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """See less or more, what is at a place of the widget staying there."""
        before = self.unit
        self.zoom = min(_MOST_ZOOM, max(1.0, self.zoom * factor))
        beside = _pair(at.x() - self.size.width() / 2, self.size.height() / 2 - at.y())
        self._middle = self._middle + beside / before - beside / self.unit
        if self.zoom == 1.0:
            self.show_all()

    def move_by(self, across: float, down: float) -> None:
        """Move the map by so many pixels; its middle stays on it."""
        moved: Pair = self._middle - _pair(across, -down) / self.unit
        self._middle = np.clip(moved, self._low, self._high)

    @property
    def unit(self) -> float:
        """Pixels of one unit of the map."""
        room = _pair(self.size.width(), self.size.height()) - 2 * theme().space(4)
        wide = np.maximum(self._high - self._low, 1e-6)
        return max(1.0, float((room / wide).min())) * self.zoom

    @property
    def circle(self) -> QRectF:
        """In the middle of the widget; what Enter selects."""
        wide, high = self.size.width(), self.size.height()
        side = min(wide, high) / 3
        return QRectF((wide - side) / 2, (high - side) / 2, side, side)

    def dot(self, count: int) -> float:
        """Width of a dot of so many."""
        size = next(size for least, size in _SIZES if count >= least)
        return min(_LARGEST, size * math.sqrt(self.zoom)) * theme().text_size / 100

    def frame(self, count: int, ratio: float) -> Frame:
        """What is seen, on a screen with so many pixels for each of the widget's."""
        width, height = round(self.size.width() * ratio), round(self.size.height() * ratio)
        scale = self.unit * ratio
        left = round(width / 2 - self._middle[0] * scale)
        top = round(height / 2 + self._middle[1] * scale)
        return Frame(width, height, scale, left, top, self.dot(count) * ratio)
