"""What stands above a plot: its title, and which line is which."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.language import _
from core.readers.history import History
from core.recipe.tasks import Task
from gui.pages.train.chance_line import chance_pen, chance_words
from gui.pages.train.series import PlotKind
from gui.theme import theme
from gui.widgets.basics import label, on_theme_change, row, set_role
from gui.widgets.elided import Elided
from gui.widgets.flow import Flow

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


def curve_pen(index: int, *, is_faint: bool = False) -> QPen:
    """The pen of the curve with that index: told apart by colour, and by its dashes."""
    colour = theme().curve(index)
    if is_faint:
        colour.setAlphaF(0.3)
    pen = QPen(colour)
    pen.setCosmetic(True)
    pen.setWidthF(1.0 if is_faint else max(1.5, theme().line_height / 9))
    pen.setStyle(Qt.PenStyle.SolidLine if is_faint else _STYLES[index % len(_STYLES)])
    return pen


def start_pen(index: int) -> QPen:
    """The pen of the level at which a curve began."""
    pen = curve_pen(index)
    pen.setWidthF(1.0)
    pen.setStyle(Qt.PenStyle.DashDotLine)
    return pen


class PlotHead(QWidget):
    """Title and legend of a plot."""

    def __init__(self, kind: PlotKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = Flow(self, gap=4)
        self._kind = kind
        self.title = Elided(kind.title, "heading")
        # As wide as its words, where there is room.
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line.addWidget(self.title)
        if len(kind.curves) > 1:
            for index, curve in enumerate(kind.curves):
                entry = QWidget()
                beside = row(entry, gap=1)
                beside.addWidget(_Sample(curve_pen, index, has_dots=curve.is_probe))
                beside.addWidget(label(curve.title, "muted", wrap=False))
                line.addWidget(entry)
        if any(curve.is_probe for curve in kind.curves):
            line.addWidget(label(_("level line: at the start of the stage"), "muted", wrap=False))
        self.chance = label("", "muted", wrap=False)
        self._of_chance = QWidget()
        beside = row(self._of_chance, gap=1)
        beside.addWidget(_Sample(lambda _index: chance_pen(), 0, has_dots=False))
        beside.addWidget(self.chance)
        line.addWidget(self._of_chance)
        self._of_chance.hide()
        self._line = line

    def show_chance(self, history: History, *, is_below: bool) -> None:
        """Say what the dashed line is, and whether the last value is hardly above it.

        Args:
            history: Of the run.
            is_below: Whether it lies below all that is shown.
        """
        words, is_doubtful = chance_words(self._kind, history)
        words = f"↓ {words}" if words and is_below else words
        if words == self.chance.text():
            return
        self.chance.setText(words)
        set_role(self.chance, "warn" if is_doubtful else "muted")
        self._of_chance.setVisible(bool(words))
        self._fit()

    def show_task(self, task: Task) -> None:
        """Name the metric that a run is judged by."""
        other = "" if task.is_single else self._kind.of_metric
        words = other.format(metric=task.metric.words)
        self.title.show_text(words or self._kind.title)

    def hasHeightForWidth(self) -> bool:
        """No: plots beside it would then be as high as they like, not as there is room."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its lines are."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self._line.heightForWidth(self.width()))


class _Sample(QWidget):
    """A piece of a curve; a screen reader passes it over."""

    def __init__(self, pen: Callable[[int], QPen], index: int, *, has_dots: bool) -> None:
        super().__init__()
        self._pen, self._index, self._has_dots = pen, index, has_dots
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        on_theme_change(self, self.update)

    def sizeHint(self) -> QSize:
        return QSize(theme().line_height * 2, theme().line_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setPen(self._pen(self._index))
        middle = self.height() / 2
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        if self._has_dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().curve(self._index))
            side = theme().space(2)
            dot = QRectF((self.width() - side) / 2, middle - side / 2, side, side)
            if self._index:
                painter.drawRect(dot)
            else:
                painter.drawEllipse(dot)
        painter.end()
