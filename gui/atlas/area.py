"""Which points lie inside of what was drawn around them, or near to one."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath


def rows_inside(
    area: QPainterPath, x: NDArray[np.float64], y: NDArray[np.float64], size: QSize
) -> NDArray[np.intp]:
    """Rows of the points in an area, to a pixel.

    Args:
        area: In pixels of the widget.
        x: (N,) how far to the right the points are.
        y: (N,) how far down.
        size: Of the widget; what is outside of it is not seen, and not selected.
    """
    width, height = size.width(), size.height()
    mask = QImage(size, QImage.Format.Format_Alpha8)
    mask.fill(0)
    painter = QPainter(mask)
    painter.fillPath(area, Qt.GlobalColor.black)
    painter.end()
    pixels = np.frombuffer(mask.constBits(), np.uint8).reshape(height, mask.bytesPerLine())
    seen = np.flatnonzero((x >= 0) & (y >= 0) & (x < width) & (y < height))
    inside = pixels[y[seen].astype(np.intp), x[seen].astype(np.intp)] > 0
    found: NDArray[np.intp] = seen[inside]
    return found


def nearest(places: NDArray[np.float32], row: int, count: int) -> NDArray[np.intp]:
    """A point, then the others that are nearest to it.

    Args:
        places: (N, 2) of all points.
        row: The point.
        count: How many others at most.
    """
    far = ((places - places[row]) ** 2).sum(axis=1)
    near = np.argsort(far, kind="stable")[: count + 1]
    return np.concatenate([[row], near[near != row][:count]]).astype(np.intp)
