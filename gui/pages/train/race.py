"""The race of ways to adapt the model: a line for each over the rounds, and the same in words."""

from html import escape
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from core.language import _
from core.language.again import again
from core.run.events import Event, RaceMoved, StageDone
from gui.theme import theme
from gui.widgets.basics import column, label, on_theme_change
from gui.widgets.split import Split

Entry = dict[str, Any]
# The best first; what is painted last lies above the others.
_ORDER = ("won", "running", "in", "waiting", "out")
_STATES = {
    "won": _("won"),
    "running": _("running"),
    "in": _("in"),
    "waiting": _("waiting"),
    "out": _("out"),
}
_SCALES = _(
    "Each round has a scale of its own, higher is better: points of the frozen encoder (mean of a "
    "linear probe's and the neighbours' Brier scores), in the end right answers after fine-tuning."
)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RaceLines(QWidget):
    """One line a way, from round to round; the list beside it says the same in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rounds: list[str] = []
        self._entries: list[Entry] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("The race, round by round"))
        on_theme_change(self, self.update)

    def show_race(self, rounds: list[str], entries: list[Entry]) -> None:
        """Show how far it is."""
        self._rounds, self._entries = rounds, entries
        self.setAccessibleDescription("; ".join(map(_said, entries)))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a dozen lines."""
        return QSize(theme().line_height * 22, theme().line_height * 12)

    def minimumSizeHint(self) -> QSize:
        """Below that numbers lie on each other."""
        return QSize(theme().line_height * 14, theme().line_height * 7)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, and at the end of each its number."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = theme().line_height
        area = QRectF(line * 2, line * 1.5, self.width() - line * 7, self.height() - line * 4)
        scales = [self._scale(index) for index in range(len(self._rounds))]
        for index, scale in enumerate(scales):
            self._paint_axis(painter, area, index, scale)
        ends: list[tuple[int, QPointF]] = []
        for number in sorted(
            range(len(self._entries)), key=lambda n: -_ORDER.index(self._entries[n]["state"])
        ):
            points = self._points(area, number, scales)
            if points:
                self._paint_entry(painter, number, points)
                ends.append((number, points[-1]))
        self._paint_numbers(painter, ends)

    def _scale(self, index: int) -> tuple[float, float] | None:
        found = [score for entry in self._entries for score in _at(entry, index)]
        return (min(found), max(found)) if found else None

    def _x(self, area: QRectF, index: int) -> float:
        last = len(self._rounds) - 1
        return area.left() + area.width() * (index / last if last > 0 else 0.5)

    def _points(
        self, area: QRectF, number: int, scales: list[tuple[float, float] | None]
    ) -> list[QPointF]:
        points = []
        for index, scale in enumerate(scales):
            for score in _at(self._entries[number], index):
                assert scale is not None
                low, high = scale
                share = (score - low) / (high - low) if high > low else 0.5
                points.append(QPointF(self._x(area, index), area.bottom() - area.height() * share))
        return points

    def _paint_axis(
        self, painter: QPainter, area: QRectF, index: int, scale: tuple[float, float] | None
    ) -> None:
        line, x = theme().line_height, self._x(area, index)
        painter.setFont(theme().font(0.9))
        painter.setPen(QPen(theme().colour("line"), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(theme().colour("muted"))
        centre = int(Qt.AlignmentFlag.AlignCenter)
        place = QRectF(x - 4 * line, area.bottom() + 1.6 * line, 8 * line, line)
        painter.drawText(place, centre, again(self._rounds[index]))
        for y, value in zip((area.top() - line, area.bottom() + 0.8 * line), (1, 0), strict=True):
            if scale is not None:
                place = QRectF(x - 2 * line, y - line / 2, 4 * line, line)
                painter.drawText(place, centre, f"{100 * scale[value]:.1f}")

    def _paint_entry(self, painter: QPainter, number: int, points: list[QPointF]) -> None:
        state = self._entries[number]["state"]
        colour = theme().colour("muted") if state == "out" else theme().curve(number)
        style = Qt.PenStyle.DashLine if state == "out" else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 4.0 if state == "won" else 2.0, style))
        painter.drawPolyline(points)
        painter.setBrush(colour)
        for point in points:
            painter.drawEllipse(point, 3.0, 3.0)

    def _paint_numbers(self, painter: QPainter, ends: list[tuple[int, QPointF]]) -> None:
        """Beside the ends; those that would lie on each other are moved down."""
        line = theme().line_height
        taken: dict[float, float] = {}
        painter.setPen(theme().colour("text"))
        for number, end in sorted(ends, key=lambda pair: pair[1].y()):
            top = max(end.y() - line / 2, taken.get(end.x(), -line) + 0.9 * line)
            taken[end.x()] = top
            state = self._entries[number]["state"]
            painter.setFont(theme().font(0.9, bold=state == "won"))
            place = QRectF(end.x() + line / 2, top, 5 * line, line)
            painter.drawText(place, _LEFT, f"{number + 1} {_STATES[state]}")


class RacePanel(QWidget):
    """Lines and words, and what was decided last; hidden in a run without a race."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, gap=1)
        layout.addWidget(label(_("Race of ways to adapt the model"), "heading"))
        self.words = label("")
        layout.addWidget(self.words)
        self.lines = RaceLines()
        self.lines.setToolTip(_SCALES)
        self.list = QTextBrowser()
        self.list.setAccessibleName(_("The ways that race"))
        self.list.setTabChangesFocus(True)
        self.list.setMinimumHeight(theme().line_height * 4)
        layout.addWidget(Split(Qt.Orientation.Vertical, (self.lines, 1), (self.list, 1)), 1)
        self._is_decided, self._stage = False, ""
        self.hide()

    @property
    def is_racing(self) -> bool:
        """Whether there is a race that has no winner yet: nothing else happens meanwhile."""
        return bool(self._stage) and not self._is_decided

    def forget(self) -> None:
        """Another run."""
        self._is_decided, self._stage = False, ""
        self.hide()

    def take(self, events: list[Event]) -> None:
        """Take in what happened."""
        last: RaceMoved | None = None
        for event in events:
            if isinstance(event, RaceMoved):
                last, self._stage, self._is_decided = event, event.stage, False
            elif isinstance(event, StageDone) and event.stage == self._stage:
                self._is_decided = True
        if last is not None:
            self._show(last)

    def _show(self, moved: RaceMoved) -> None:
        self.words.setText(again(moved.words))
        entries = [entry for entry in moved.entries if _is_sound(entry)]
        self.lines.show_race(moved.rounds, entries)
        place = self.list.verticalScrollBar().value()
        numbered = list(enumerate(entries, 1))
        numbered.sort(key=lambda pair: _ORDER.index(pair[1]["state"]))
        lines = [_in_words(number, entry) for number, entry in numbered]
        self.list.setHtml(f"{''.join(lines)}<p>{escape(_SCALES)}</p>")
        self.list.verticalScrollBar().setValue(place)
        self.show()


def _at(entry: Entry, index: int) -> list[float]:
    """The score of a round, if there is one."""
    scores = entry["scores"]
    return [scores[index]] if index < len(scores) and scores[index] is not None else []


def _is_sound(entry: Entry) -> bool:
    """Whether it is what this version knows how to show."""
    texts = all(isinstance(entry.get(key), str) for key in ("title", "why"))
    scores = entry.get("scores")
    numbers = isinstance(scores, list) and all(isinstance(s, int | float | None) for s in scores)
    return texts and numbers and entry.get("state") in _ORDER


def _in_words(number: int, entry: Entry) -> str:
    why = f": {escape(again(entry['why']))}" if entry["why"] else ""
    title = escape(again(entry["title"]))
    return f"<p>{number}. <b>{_STATES[entry['state']]}</b>, {title}{why}.</p>"


def _said(entry: Entry) -> str:
    scores = ", ".join(_("none") if s is None else f"{100 * s:.1f}" for s in entry["scores"])
    words = f"{again(entry['title'])}: {_STATES[entry['state']]}"
    return f"{words}, {scores}" if scores else words
