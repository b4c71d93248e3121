"""The dots of a map as an image: whole when it is zoomed, at its new rims when it is moved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gui.atlas.raster import Pixels, Stamp, blank, ink_of, set_dots, stamp_of

# Around what is seen, in pixels: dots there are whole, so that moving brings whole ones.
_AROUND: Final = 48
_LARGEST: Final = 22.0


@dataclass(frozen=True)
class Layer:
    """Dots of one shape; later layers lie above earlier ones.

    Attributes:
        rows: (M,) which points.
        colour: (M,) `0xRRGGBB`.
        shape: Of `gui.atlas.raster.SHAPES`.
        grown: By what they are wider than others.
    """

    rows: NDArray[np.intp]
    colour: NDArray[np.uint32]
    shape: int = 0
    grown: float = 1.0


@dataclass(frozen=True)
class Frame:
    """What is seen of a map, in pixels of the screen.

    Attributes:
        width, height: Of the image.
        scale: Pixels of one unit of the map.
        left, top: Where the middle of the map lies in the image.
        size: Width of a dot.
    """

    width: int
    height: int
    scale: float
    left: int
    top: int
    size: float


class MapPicture:
    """Keeps the last image, which most of the next one is made of."""

    def __init__(self) -> None:
        self._places = np.zeros((0, 2), np.float32)
        self._layers: Sequence[Layer] = ()
        self._inks: dict[tuple[int, float], NDArray[np.uint32]] = {}
        self._drawn: _Drawn | None = None
        self._scale = 0.0
        self._x = self._y = np.zeros(0, np.int32)
        self._frame: Frame | None = None
        self._pixels: Pixels = blank(1, 1)

    def show_places(self, places: NDArray[np.float32]) -> None:
        """(N, 2) places, y upwards."""
        self._places, self._scale, self._frame = places, 0.0, None
        self._drawn = None

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Other dots, the lowest first."""
        self._layers, self._frame = layers, None
        self._inks.clear()
        self._drawn = None

    def at(self, frame: Frame) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(N,) pixels across and (N,) down of all points in an image of that frame."""
        if self._scale != frame.scale:
            self._scale = frame.scale
            found = np.floor(self._places * np.array([frame.scale, -frame.scale], np.float32))
            self._x, self._y = found.astype(np.int32).T.copy()
        return self._x + np.int32(frame.left), self._y + np.int32(frame.top)

    def image(self, frame: Frame) -> QImage:
        """The dots on nothing."""
        before = self._frame
        if before is None or replace(before, left=frame.left, top=frame.top) != frame:
            self._draw_all(frame)
        elif before != frame:
            self._move(frame, frame.left - before.left, frame.top - before.top)
        self._frame = frame
        height, width = self._pixels.shape
        whole = QImage(
            self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        return whole.copy(_AROUND, _AROUND, frame.width, frame.height)

    def _draw_all(self, frame: Frame) -> None:
        self._pixels = blank(frame.width + 2 * _AROUND, frame.height + 2 * _AROUND)
        self._draw(frame, slice(0, self._pixels.shape[1]), slice(0, self._pixels.shape[0]))

    def _move(self, frame: Frame, across: int, down: int) -> None:
        """Keep what is seen still, and draw what has come in."""
        height, width = self._pixels.shape
        if abs(across) >= width or abs(down) >= height:
            self._draw_all(frame)
            return
        moved = blank(width, height)
        moved[_to(down, height), _to(across, width)] = self._pixels[
            _to(-down, height), _to(-across, width)
        ]
        self._pixels = moved
        if across:
            self._draw(frame, _come_in(across, width), slice(0, height))
        if down:
            self._draw(frame, slice(0, width), _come_in(down, height))

    def _draw(self, frame: Frame, columns: slice, rows: slice) -> None:
        """Draw a part of the image anew."""
        stamps = [_stamp(layer, frame) for layer in self._layers]
        reach = max((stamp.reach for stamp in stamps), default=0)
        # Dots beside it reach into it, and are drawn whole.
        part = blank(columns.stop - columns.start + 4 * reach, rows.stop - rows.start + 4 * reach)
        high, wide = part.shape
        if self._drawn is None:
            self._drawn = _Drawn(self._places, self._layers)
        left, top = (
            frame.left + _AROUND - columns.start + reach,
            frame.top + _AROUND - rows.start + reach,
        )
        x, y = self._drawn.at(frame.scale)
        # Without a sign, what lies to the left or above is as far out as can be.
        across, down = (x + np.int32(left)).view(np.uint32), (y + np.int32(top)).view(np.uint32)
        seen = np.flatnonzero((across < wide - 2 * reach) & (down < high - 2 * reach))
        middle = (down[seen].astype(np.intp) + reach) * wide + (across[seen] + reach)
        ends = np.searchsorted(seen, self._drawn.ends)
        for number, stamp in enumerate(stamps):
            first = self._drawn.ends[number - 1] if number else 0
            here = slice(ends[number - 1] if number else 0, ends[number])
            inks = {share: self._ink(number, share) for share in stamp.shares}
            if here.stop - here.start < len(self._layers[number].rows):
                chosen = seen[here] - first
                inks = {share: ink[chosen] for share, ink in inks.items()}
            set_dots(part, middle[here], inks, stamp)
        own = slice(2 * reach, high - 2 * reach), slice(2 * reach, wide - 2 * reach)
        self._pixels[rows, columns] = part[own]

    def _ink(self, number: int, share: float) -> NDArray[np.uint32]:
        """Of a layer's dots."""
        found = self._inks.get((number, share))
        if found is None:
            found = self._inks[number, share] = ink_of(self._layers[number].colour, share)
        return found


class _Drawn:
    """Where the dots are, in the order in which they are drawn: layer by layer.

    Args:
        places: (N, 2) of the points.
        layers: Of their dots.
    """

    def __init__(self, places: NDArray[np.float32], layers: Sequence[Layer]) -> None:
        rows = [layer.rows for layer in layers]
        every = np.concatenate(rows) if rows else np.zeros(0, np.intp)
        self._x, self._y = places[every, 0], -places[every, 1]
        self.ends = np.cumsum([len(each) for each in rows], dtype=np.intp)
        self._scale = 0.0
        self._at = np.zeros(0, np.int32), np.zeros(0, np.int32)

    def at(self, scale: float) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Pixels across and down from the middle of the map."""
        if scale != self._scale:
            self._scale, by = scale, np.float32(scale)
            x, y = np.floor(self._x * by), np.floor(self._y * by)
            self._at = x.astype(np.int32), y.astype(np.int32)
        return self._at


def _stamp(layer: Layer, frame: Frame) -> Stamp:
    return stamp_of(layer.shape, min(_LARGEST, frame.size * layer.grown))


def _to(by: int, length: int) -> slice:
    """Where what is moved by so much ends up."""
    return slice(max(0, by), length + min(0, by))


def _come_in(by: int, length: int) -> slice:
    """What was not there before everything was moved by so much."""
    return slice(0, by) if by > 0 else slice(length + by, length)
