"""The colours and shapes of a map's points: by group, those that are not looked at pale."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap

from core.readers.colouring import Colouring
from gui.atlas.picture import Layer
from gui.atlas.raster import SHAPES, blank, draw_dots, stamp_of
from gui.theme import theme

# How much of its ink a point keeps that is not looked at.
_PALE: Final = 0.2
# Of unlabeled ones, which are most, beside those with a colour.
_SMALL: Final = 0.85
_GREY: Final = "disabled"
_OF_GREY: Final = 0.65
_RIM: Final = 1.9


def colour_of(group: int, colouring: Colouring) -> QColor:
    """The colour of a group; of -1, grey."""
    if group < 0:
        return _paled(theme().colour(_GREY), _OF_GREY)
    if colouring.is_ordered:
        return theme().step(group, len(colouring.groups))
    return theme().curve(group)


def shape_of(group: int, colouring: Colouring) -> int:
    """The shape of a group: another one each time that the colours are through."""
    if group < 0 or colouring.is_ordered:
        return 0
    return group // len(theme().colours.curves) % len(SHAPES)


def layers_of(
    colouring: Colouring,
    chosen: frozenset[int],
    selected: NDArray[np.intp],
    order: NDArray[np.intp],
) -> list[Layer]:
    """Points that are not looked at, then grey ones, then the others; above all the selected.

    Args:
        colouring: What colours them.
        chosen: Groups that are looked at; none: all of them.
        selected: (M,) points that stand out.
        order: (N,) all points, mixed, so that no group covers another.
    """
    groups = len(colouring.groups)
    colours = [colour_of(group, colouring) for group in range(-1, groups)]
    inks = np.array(list(map(_rgb, colours)), np.uint32)
    pale = np.array([_rgb(_paled(colour)) for colour in colours], np.uint32)
    shapes = np.array([shape_of(group, colouring) for group in range(-1, groups)])
    of = colouring.of[order] + 1
    is_looked_at = np.ones(groups + 1, bool)
    if chosen:
        is_looked_at[:] = False
        is_looked_at[[group + 1 for group in chosen]] = True
    found = []
    for is_on, ink in ((False, pale), (True, inks)):
        for grey in (True, False):
            here = (is_looked_at[of] == is_on) & ((of == 0) == grey)
            found += _by_shape(order[here], of[here], ink, shapes, _SMALL if grey else 1.0)
    if len(selected):
        of = colouring.of[selected] + 1
        rim = np.full(groups + 1, _rgb(theme().colour("text")), np.uint32)
        found += _by_shape(selected, of, rim, shapes, _RIM)
        found += _by_shape(selected, of, inks, shapes, 1.2)
    return found


def _by_shape(
    rows: NDArray[np.intp],
    of: NDArray[np.signedinteger[Any]],
    inks: NDArray[np.uint32],
    shapes: NDArray[np.signedinteger[Any]],
    grown: float,
) -> list[Layer]:
    found = []
    for shape in np.unique(shapes):
        here = shapes[of] == shape
        if here.any():
            found.append(Layer(rows[here], inks[of[here]], int(shape), grown))
    return found


def swatch(group: int, colouring: Colouring, ratio: float) -> QIcon:
    """The sign of a group in a legend."""
    side = round(theme().line_height * ratio)
    pixels = blank(side, side)
    middle = np.array([side // 2], np.int32)
    ink = np.array([_rgb(colour_of(group, colouring))], np.uint32)
    draw_dots(pixels, middle, middle, ink, stamp_of(shape_of(group, colouring), side * 0.62))
    image = QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_ARGB32_Premultiplied)
    found = QPixmap.fromImage(image.copy())
    found.setDevicePixelRatio(ratio)
    made = QIcon(found)
    # Its colour is what it tells, also of a line that is selected.
    made.addPixmap(found, QIcon.Mode.Selected)
    return made


def _rgb(colour: QColor) -> int:
    return colour.rgb() & 0xFFFFFF


def _paled(colour: QColor, share: float = _PALE) -> QColor:
    ground = theme().colour("surface")
    channels = (QColor.red, QColor.green, QColor.blue)
    return QColor(*(round(share * of(colour) + (1 - share) * of(ground)) for of in channels))
