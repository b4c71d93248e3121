"""What knowing nothing reaches, in the plots of accuracies: a dashed line, and words for it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from core.readers.chance import level_words, look_doubt
from core.readers.history import History
from gui.pages.train.series import CurveSpec, PlotKind
from gui.theme import theme

# Further below the curves the line would press them flat: the words above the plot remain.
_REACH = 0.3


def chance_pen() -> QPen:
    """The pen of the line; no curve has it."""
    pen = QPen(theme().colour("text"))
    pen.setCosmetic(True)
    pen.setWidthF(max(1.0, theme().line_height / 12))
    pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def chance_words(kind: PlotKind, history: History) -> tuple[str, bool]:
    """What the line is, and whether the last look found hardly more; empty where none is known."""
    told = history.chance.get(kind.look)
    if told is None:
        return "", False
    last = _last(kind.curves[0], history)
    doubt = "" if last is None else look_doubt(told, last)
    return doubt or level_words(told), bool(doubt)


def _last(curve: CurveSpec, history: History) -> float | None:
    for stage in reversed(history.stages.values()):
        column = stage.probes.column(curve.key)
        known = column[~np.isnan(column)]
        if len(known):
            return float(known[-1])
    return None


class ChanceLine:
    """The line in one plot.

    Attributes:
        is_below: Whether it lies so far below the curves that it is not shown.
    """

    def __init__(self, kind: PlotKind, item: pg.PlotItem) -> None:
        self._kind = kind
        self.is_below = False
        self.line = pg.InfiniteLine(angle=0, movable=False)
        self.line.setZValue(-10)
        self.line.hide()
        item.addItem(self.line, ignoreBounds=True)

    def show(self, history: History | None, lowest: float) -> float | None:
        """Show it where it is known; returns its level where the scale has to reach it.

        Args:
            history: Of the run; None for none.
            lowest: The least value that is drawn.
        """
        told = None if history is None else history.chance.get(self._kind.look)
        self.line.setVisible(told is not None)
        if told is None:
            return None
        self.line.setValue(told.level)
        self.is_below = lowest - told.level > _REACH
        return None if self.is_below else told.level

    def paint(self) -> None:
        """In the colours of now."""
        self.line.setPen(chance_pen())
