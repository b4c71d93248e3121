"""Accuracies of single seeds and their mean, and the differences from the base, arm by arm."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from core.readers.estimate import ScoreEstimate
from core.readers.outcome import ArmScore
from core.recipe import shares
from core.recipe.arms import BASE
from gui.outcome.scale import Scale
from gui.outcome.words import signed
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.words.numbers import arm_title, percent

_ROW = 7  # quarters of a line
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class Forest(QWidget):
    """Two panels side by side; the table below says the same in numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arms: tuple[ArmScore, ...] = ()
        self._metric = _("Accuracy")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Accuracies and differences"))
        on_theme_change(self, self.update)

    def show_arms(self, arms: Sequence[ArmScore], metric: str = _("Accuracy")) -> None:
        """Show the arms of a comparison, by the metric of that title."""
        self._arms, self._metric = tuple(arms), metric
        self.setAccessibleDescription("; ".join(map(_spoken, self._arms)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row an arm, titles and scales."""
        line = theme().line_height
        rows = theme().space(_ROW) * len(self._arms)
        return QSize(line * 40, rows + (round(line * 3.2) if self._arms else 0))

    def minimumSizeHint(self) -> QSize:
        """As high as it is, less wide."""
        return QSize(theme().line_height * 24, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names and panels."""
        del event
        if not self._arms:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, gap, high = theme().line_height, theme().space(6), theme().space(_ROW)
        painter.setFont(theme().font())
        names = max(painter.fontMetrics().horizontalAdvance(arm_title(a.name)) for a in self._arms)
        top, left = line * 1.6, names + gap
        wide = max(1.0, (self.width() - left - gap - line) / 2)
        painter.setPen(theme().colour("text"))
        for row, arm in enumerate(self._arms):
            painter.drawText(QRectF(0, top + row * high, names, high), _LEFT, arm_title(arm.name))
        area = QRectF(left, top, wide, high * len(self._arms))
        self._paint_accuracies(painter, area)
        self._paint_differences(painter, area.translated(wide + gap, 0))

    def _paint_accuracies(self, painter: QPainter, area: QRectF) -> None:
        values = [[a.score.low, a.score.high, *_seeds(a)] for a in self._arms]
        scale = _scale([value for row in values for value in row])
        x = _places(scale, area)
        _paint_ground(painter, area, scale, self._metric, lambda tick: f"{100 * tick:g} %")
        for row, arm in enumerate(self._arms):
            centre = _centre(area, row)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("muted"))
            for accuracy in _seeds(arm):
                # Below the interval, where they can be told from it.
                painter.drawEllipse(QPointF(x(accuracy), centre + theme().space(2)), 2.5, 2.5)
            _paint_estimate(painter, arm.score, x, centre, row)

    def _paint_differences(self, painter: QPainter, area: QRectF) -> None:
        found = [(row, arm.against.get(BASE)) for row, arm in enumerate(self._arms)]
        known = [(row, difference) for row, difference in found if difference is not None]
        scale = _scale([0.0, *(end for _, each in known for end in (each.low, each.high))])
        x = _places(scale, area)
        title = _("Difference from fine-tuning alone, in points")
        _paint_ground(painter, area, scale, title, _points)
        painter.setPen(QPen(theme().colour("text"), 1.5))
        painter.drawLine(QLineF(x(0.0), area.top(), x(0.0), area.bottom()))
        for row, difference in known:
            _paint_estimate(painter, difference, x, _centre(area, row), row)


def _points(tick: float) -> str:
    return f"{100 * tick:+g}".replace("-", "−") if tick else "0"  # noqa: RUF001


def _seeds(arm: ArmScore) -> list[float]:
    return [seed.score.value for seed in arm.seeds] if len(arm.seeds) > 1 else []


def _spoken(arm: ArmScore) -> str:
    words = _("{arm} {score}, 95 % interval {low} to {high}").format(
        arm=arm_title(arm.name),
        score=percent(arm.score.value),
        low=percent(arm.score.low),
        high=percent(arm.score.high),
    )
    difference = arm.against.get(BASE)
    if difference is None:
        return words
    low, high = signed(difference.low), signed(difference.high)
    return _("{words}, {points} points ({low} to {high}) from fine-tuning alone").format(
        words=words, points=signed(difference.value), low=low, high=high
    )


def _scale(values: Sequence[float]) -> Scale:
    told = [_told(value) for value in values]
    return Scale.over([np.asarray(told, dtype=np.float64)], margin=0.05)


def _told(value: float) -> float:
    """What is far off scale, as R² may be, lies at its end: else all others would be one dot."""
    return min(-shares.LEAST, max(shares.LEAST, value))


def _places(scale: Scale, area: QRectF) -> Callable[[float], float]:
    return lambda value: area.left() + area.width() * scale.share(_told(value))


def _centre(area: QRectF, row: int) -> float:
    return area.top() + (row + 0.5) * theme().space(_ROW)


def _paint_ground(
    painter: QPainter, area: QRectF, scale: Scale, title: str, words: Callable[[float], str]
) -> None:
    line = theme().line_height
    painter.setFont(theme().font(0.95, bold=True))
    painter.setPen(theme().colour("text"))
    shown = painter.fontMetrics().elidedText(
        title, Qt.TextElideMode.ElideRight, round(area.width() + line)
    )
    painter.drawText(QRectF(area.left(), 0, area.width() + line, line * 1.4), _LEFT, shown)
    painter.setFont(theme().font(0.9))
    x = _places(scale, area)
    free_from = -1e9
    for tick in scale.ticks():
        # Dotted: where all lines are of one colour, that of 0 must stand out.
        painter.setPen(QPen(theme().colour("line"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(x(tick), area.top(), x(tick), area.bottom()))
        wide = painter.fontMetrics().horizontalAdvance(words(tick)) + theme().space(2)
        if x(tick) - wide / 2 < free_from:
            continue
        free_from = x(tick) + wide / 2
        painter.setPen(theme().colour("muted"))
        place = QRectF(x(tick) - wide / 2, area.bottom(), wide, line * 1.4)
        painter.drawText(place, _CENTRE, words(tick))


def _paint_estimate(
    painter: QPainter, estimate: ScoreEstimate, x: Callable[[float], float], centre: float, row: int
) -> None:
    """A dot on its 95 % interval."""
    painter.setPen(QPen(theme().curve(row), 2.0))
    end = theme().space(1)
    low, high = x(estimate.low), x(estimate.high)
    painter.drawLine(QLineF(low, centre, high, centre))
    for place in (low, high):
        painter.drawLine(QLineF(place, centre - end, place, centre + end))
    painter.setPen(QPen(theme().colour("surface"), 1.5))
    painter.setBrush(theme().curve(row))
    radius = theme().line_height * 0.28
    painter.drawEllipse(QPointF(x(estimate.value), centre), radius, radius)
