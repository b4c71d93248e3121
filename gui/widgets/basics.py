"""Small makers of labels, cards and buttons, so that pages read as what they show."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import icon, theme
from gui.theme.tokens import LINE_ALONE, LINE_LETTERS
from gui.widgets.plain import plain

BoxLayout = TypeVar("BoxLayout", bound=QBoxLayout)
# The share of the room of what shall have all of it, beside parts with a share of one.
WHOLE_ROOM = 1000
# Of icons on buttons.
_INKS = {"danger": "bad", "primary": "on_accent"}


# Longer words than these widen a window; they break after a mark, or anywhere.
_UNBROKEN = re.compile(r"\S{31,}")
_PIECE = re.compile(r"[^/\\_.=&,-]{0,29}[/\\_.=&,-]|\S{30}")
_SHARE = re.compile(r"(?<=\d) (?=%)")

# As wide as letters are in English.
_LETTERS = "the quick brown fox jumps over a lazy dog"


class Wrapped(QLabel):
    """Words that wrap, long names and paths among them: Qt breaks lines at blanks alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""

    def setText(self, text: str) -> None:  # noqa: N802
        """Show a text."""
        self._whole = text
        super().setText(breakable(text))

    def text(self) -> str:
        """As it was given."""
        return self._whole

    def heightForWidth(self, width: int) -> int:
        """As high as its lines are; they are bounded."""
        most = self._widest()
        margins = self.contentsMargins()
        beside = margins.left() + margins.right()
        return super().heightForWidth((min(width, most) if most else width) + beside)

    def sizeHint(self) -> QSize:
        """At the width of its lines: Qt would take the room beside them out of them."""
        beside = self.contentsMargins().right()
        wide = self.width() - beside
        return QSize(wide, self.heightForWidth(wide)) if beside else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Without the room beside its lines: it has to get narrower again."""
        least = super().minimumSizeHint()
        return QSize(least.width() - self.contentsMargins().right(), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Long lines are hard to read: there is room left beside them on a large screen."""
        super().resizeEvent(event)
        most = self._widest()
        beside = max(0, self.width() - most) if most else 0
        if beside != self.contentsMargins().right():
            self.setContentsMargins(0, 0, beside, 0)

    def _widest(self) -> int:
        """Of a line; 0 where no bound is needed: few words, or words that are not on the left."""
        if not self.wordWrap() or not self.alignment() & Qt.AlignmentFlag.AlignLeft:
            return 0
        metrics = self.fontMetrics()
        letter = metrics.horizontalAdvance(_LETTERS) / len(_LETTERS)
        if metrics.horizontalAdvance(self._whole) <= letter * LINE_ALONE:
            return 0
        return round(letter * LINE_LETTERS)

    def setSizePolicy(self, *policy: Any) -> None:  # noqa: N802
        """How it grows; that its height follows from its width stays so, whatever is given."""
        super().setSizePolicy(*policy)
        kept = self.sizePolicy()
        kept.setHeightForWidth(self.wordWrap())
        super().setSizePolicy(kept)


def breakable(text: str) -> str:
    """The text with invisible places to break a line in whatever is very long and has no blank.

    And none between a number and its %.
    """
    broken = _UNBROKEN.sub(lambda run: _PIECE.sub("\\g<0>\u200b", run[0]), text)
    return _SHARE.sub("\u00a0", broken)


def label(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """Text; roles are `display`, `title`, `heading`, `number`, `muted`, `ok`, `warn`, `bad`."""
    made = Wrapped() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        made.setProperty("role", role)
    return made


def flowing(text: str = "", role: str = "") -> QLabel:
    """Text that is as high as it is at the width it gets, for areas that scroll."""
    made = label(text, role)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    return made


def keep_middle(widget: QWidget, widest: int) -> None:
    """Give what is in a widget this width at most, in steps of the grid, in its middle."""
    beside = max(0, (widget.width() - theme().space(widest)) // 2)
    if beside != widget.contentsMargins().left():
        widget.setContentsMargins(beside, 0, beside, 0)


def set_role(widget: QWidget, role: str, name: str = "role") -> None:
    """Give a widget another role (or other property that the style reads)."""
    if widget.property(name) != role:
        widget.setProperty(name, role)
        theme().dress(widget)


def button(
    text: str,
    on_clicked: Callable[[], object],
    *,
    icon_name: str = "",
    role: str = "",
    tip: str = "",
) -> QPushButton:
    """A push button with text; `&` marks its mnemonic."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    if icon_name:
        paint_icon(made, icon_name, _INKS.get(role, "text"))
    if role:
        made.setProperty("role", role)
    if tip:
        made.setToolTip(plain(tip))
        made.setAccessibleDescription(tip)
    made.clicked.connect(lambda: on_clicked())  # noqa: PLW0108  (drops the "checked")
    return made


def tool(name: str, icon_name: str, on_clicked: Callable[[], object]) -> QToolButton:
    """A button that is only an icon; `name` is its tooltip and accessible name."""
    made = QToolButton()
    made.setProperty("role", "quiet")
    made.setToolTip(plain(name))
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    paint_icon(made, icon_name)
    made.clicked.connect(lambda: on_clicked())  # noqa: PLW0108  (drops the "checked")
    return made


def paint_icon(widget: QPushButton | QToolButton, name: str, role: str = "text") -> None:
    """Give a button an icon in the theme's colour, now and whenever the theme changes."""
    side = theme().space(5)
    widget.setIconSize(QSize(side, side))

    def paint() -> None:
        widget.setIcon(icon(name, role))

    paint()
    on_theme_change(widget, paint)


def on_theme_change(widget: QWidget, paint: Callable[[], None]) -> None:
    """Call `paint` whenever the colours change, as long as the widget lives."""
    _Repainter(widget, paint)


class _Repainter(QObject):
    """A child of the widget: Qt ends the connection with it."""

    def __init__(self, widget: QWidget, paint: Callable[[], None]) -> None:
        super().__init__(widget)
        self._paint = paint
        theme().changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._paint()


def card(role: str = "card") -> tuple[QFrame, QVBoxLayout]:
    """A framed area and its layout."""
    frame = QFrame()
    frame.setProperty("role", role)
    return frame, column(frame, margin=3, gap=2)


def column(parent: QWidget | None = None, *, margin: int = 0, gap: int = 2) -> QVBoxLayout:
    """A vertical layout; sizes in quarters of a line."""
    return _spaced(QVBoxLayout(parent) if parent is not None else QVBoxLayout(), margin, gap)


def row(parent: QWidget | None = None, *, margin: int = 0, gap: int = 2) -> QHBoxLayout:
    """A horizontal layout; sizes in quarters of a line."""
    return _spaced(QHBoxLayout(parent) if parent is not None else QHBoxLayout(), margin, gap)


def _spaced(layout: BoxLayout, margin: int, gap: int) -> BoxLayout:
    distance = theme().space(margin) if margin else 0
    layout.setContentsMargins(distance, distance, distance, distance)
    layout.setSpacing(theme().space(gap) if gap else 0)
    return layout


def centred(part: QWidget) -> QHBoxLayout:
    """The part in the middle, as wide as there is room for up to its maximal width."""
    line = row(gap=0)
    line.addStretch(1)
    line.addWidget(part, WHOLE_ROOM)
    line.addStretch(1)
    return line


class _Scrolled(QScrollArea):
    """At least as wide as its content: there is no bar that would bring the rest to sight."""

    def minimumSizeHint(self) -> QSize:
        """The width of the content, and a bar beside it."""
        least = super().minimumSizeHint()
        content = self.widget()
        if content is None:
            return least
        wide = content.minimumSizeHint().width() + room_for_bar(self)
        return QSize(max(least.width(), wide), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A bar may have come or gone."""
        super().resizeEvent(event)
        self.updateGeometry()


def room_for_bar(area: QScrollArea) -> int:
    """What its bar takes of its width now."""
    bar = area.verticalScrollBar()
    return bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0


def scrolled(content: QWidget, name: str) -> QScrollArea:
    """A page-wide area that scrolls vertically when there is not enough room."""
    area = _Scrolled()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
