"""The accuracies of the arms as large bars with the 95 % interval as a whisker."""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from core.readers.chance import Majority, majority_of
from core.readers.outcome import ArmScore, RunOutcome
from core.recipe.arms import FROZEN_LAYERS
from gui.outcome.words import plus_minus
from gui.theme import theme
from gui.widgets.basics import on_theme_change
from gui.words.numbers import arm_title, percent

_ROW = 9  # quarters of a line
_WIDEST = 96  # lines


class AccuracyBars(QWidget):
    """One bar an arm, from 0 to 100 %; the table below says the same in numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arms: tuple[ArmScore, ...] = ()
        self._majority: Majority | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Accuracies"))
        on_theme_change(self, self.update)

    def show_outcome(self, outcome: RunOutcome) -> None:
        """Show the arms of a run, and the frozen models that are classifiers, too."""
        frozen = (row for row in outcome.frozen if row.name in FROZEN_LAYERS)
        self._arms = (*outcome.arms, *frozen)
        self._majority = majority_of(outcome)
        said = [
            _("{arm} {score}, 95 % interval {low} to {high}").format(
                arm=arm_title(arm.name),
                score=percent(arm.score.value),
                low=percent(arm.score.low),
                high=percent(arm.score.high),
            )
            for arm in self._arms
        ]
        if self._majority is not None:
            said.append(self._majority.words)
        self.setAccessibleDescription("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row an arm, and the scale."""
        line = theme().line_height
        rows = theme().space(_ROW) * len(self._arms)
        return QSize(line * 30, rows + (round(line * 1.6) if self._arms else 0))

    def minimumSizeHint(self) -> QSize:
        """As high as it is, less wide."""
        return QSize(theme().line_height * 20, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._arms:
            return
        metrics = painter.fontMetrics()
        names = max(metrics.horizontalAdvance(arm_title(arm.name)) for arm in self._arms)
        bold = theme().font(1.15, bold=True)
        painter.setFont(bold)
        numbers = max(painter.fontMetrics().horizontalAdvance(plus_minus(a)) for a in self._arms)
        gap = theme().space(3)
        # Beside a name a metre away nobody reads a bar.
        whole = min(self.width(), theme().line_height * _WIDEST)
        left, right = names + gap, whole - numbers - gap
        high = theme().space(_ROW)
        area = QRectF(left, 0, max(1, right - left), high * len(self._arms))
        self._paint_scale(painter, area)
        for row, arm in enumerate(self._arms):
            line = QRectF(0, row * high, whole, high)
            self._paint_arm(painter, arm, row, line, area)
        if self._majority is not None:
            self._paint_majority(painter, area, self._majority)

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(theme().font(0.9))
        for tick in range(0, 101, 25):
            x = area.left() + area.width() * tick / 100
            painter.setPen(QPen(theme().colour("line"), 1))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
            painter.setPen(theme().colour("muted"))
            wide = theme().line_height * 4
            place = QRectF(x - wide / 2, area.bottom(), wide, theme().line_height * 1.4)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"{tick} %")

    def _paint_majority(self, painter: QPainter, area: QRectF, majority: Majority) -> None:
        """A dashed line at what saying the most frequent class alone would reach."""
        x = area.left() + area.width() * majority.share
        for role, width, style in (
            ("surface", 4.0, Qt.PenStyle.SolidLine),
            ("text", 2.0, Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(theme().colour(role), width, style))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))

    def _paint_arm(
        self, painter: QPainter, arm: ArmScore, row: int, line: QRectF, area: QRectF
    ) -> None:
        def x(share: float) -> float:
            # R² may be far below 0: then there is no bar, and the number says it.
            return area.left() + area.width() * min(1.0, max(0.0, share))

        inset = theme().space(2)
        centre = line.center().y()
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(theme().colour("text"))
        painter.setFont(theme().font())
        painter.drawText(line, left, arm_title(arm.name))
        painter.setFont(theme().font(1.15, bold=True))
        painter.drawText(line, right, plus_minus(arm))
        bar = QRectF(x(0), line.top() + inset, x(arm.score.value) - x(0), line.height() - 2 * inset)
        painter.fillRect(bar, theme().curve(row))
        # Twice, so that the whisker stands out from the bar as from the ground.
        for role, width in (("surface", 5.0), ("text", 2.0)):
            painter.setPen(QPen(theme().colour(role), width))
            low, high = x(arm.score.low), x(arm.score.high)
            end = theme().space(1)
            painter.drawLine(QLineF(low, centre, high, centre))
            for place in (x(at) for at in (arm.score.low, arm.score.high) if 0 <= at <= 1):
                painter.drawLine(QLineF(place, centre - end, place, centre + end))
