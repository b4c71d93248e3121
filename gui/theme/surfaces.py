"""Paints cards, notices, zones, tabs, heads of tables, bars."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QStyleOption,
    QStyleOptionFrame,
    QStyleOptionHeader,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionTab,
    QWidget,
)

from gui.theme import tokens
from gui.theme.motion import Turning
from gui.theme.paint import Paints, State, colour, has, role_of

_TONES = ("ok", "warn", "bad")
_STRIPE = 4
# The part of a bar that goes round, and the least that a scroll bar's handle shows of itself.
_ROUND = 0.28


def paint_frame(paints: Paints, option: QStyleOption, painter: QPainter, widget: QWidget) -> bool:
    """A frame by its role; returns whether the role has one."""
    c, rect = paints.colours, option.rect
    role = role_of(widget)
    corner = tokens.RADIUS_CARD
    focused = has(option, State.State_HasFocus)
    if role in {"card", "choice"}:
        paints.box(painter, rect, c.surface, c.line, radius=corner)
    elif role == "tour":
        paints.box(painter, rect, c.surface, c.accent, radius=corner, width=2.0)
    elif role == "zone":
        dragging = role_of(widget, "dragging")
        line = {"true": c.accent, "refused": c.bad}.get(dragging, c.border)
        fill = c.accent_soft if dragging == "true" else c.surface
        if focused:
            line = c.accent
        thick = 2.0 if focused or dragging else 1.5
        paints.box(painter, rect, fill, line, radius=corner, width=thick, dashed=not focused)
    elif role == "notice":
        _notice(paints, rect, painter, role_of(widget, "tone"))
    elif role in {"rail", "footer"}:
        painter.fillRect(rect, colour(c.surface))
        painter.setPen(colour(c.line))
        if role == "rail":
            painter.drawLine(rect.topRight(), rect.bottomRight())
        else:
            painter.drawLine(rect.topLeft(), rect.topRight())
    else:
        return False
    return True


def _notice(paints: Paints, rect: QRect, painter: QPainter, tone: str) -> None:
    """A card with a stripe in the colour of its tone."""
    c = paints.colours
    ink = getattr(c, tone) if tone in _TONES else c.accent
    paints.box(painter, rect, c.surface, c.edge, radius=tokens.RADIUS_CARD)
    painter.save()
    painter.setClipRect(QRect(rect.left(), rect.top(), paints.px(_STRIPE), rect.height()))
    paints.box(painter, rect, ink, radius=tokens.RADIUS_CARD)
    painter.restore()


def paint_panel(paints: Paints, option: QStyleOptionFrame, painter: QPainter) -> None:
    """Around lists, tables and long texts."""
    c = paints.colours
    focused = has(option, State.State_HasFocus)
    line, width = (c.accent, 2.0) if focused else (c.line, 1.0)
    paints.box(painter, option.rect, c.surface, line, width=width)


def paint_tab(paints: Paints, option: QStyleOptionTab, painter: QPainter) -> None:
    """A line below the chosen one."""
    c, rect = paints.colours, option.rect
    thick = paints.px(2)
    chosen = has(option, State.State_Selected)
    over = has(option, State.State_MouseOver) and has(option, State.State_Enabled)
    if chosen or over:
        line = QRectF(rect.left(), rect.bottom() + 1 - thick, rect.width(), thick)
        paints.box(painter, line, c.accent if chosen else c.edge, radius=thick)


def paint_tab_words(paints: Paints, option: QStyleOptionTab, painter: QPainter) -> None:
    """The name of a tab, framed where the keyboard is."""
    c = paints.colours
    chosen = has(option, State.State_Selected)
    ink = c.text if chosen else c.muted
    if not has(option, State.State_Enabled):
        ink = c.disabled
    painter.setPen(colour(ink))
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextShowMnemonic)
    painter.drawText(option.rect, flags, option.text)
    if has(option, State.State_HasFocus):
        paints.ring(painter, option.rect.adjusted(4, 4, -4, -6))


def paint_header(paints: Paints, option: QStyleOptionHeader, painter: QPainter) -> None:
    """The ground of a head of columns or rows."""
    c, rect = paints.colours, option.rect
    over = has(option, State.State_MouseOver) and has(option, State.State_Enabled)
    painter.fillRect(rect, colour(c.raised if over else c.surface))
    painter.setPen(colour(c.line))
    if option.orientation is Qt.Orientation.Horizontal:
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    else:
        painter.drawLine(rect.topRight(), rect.bottomRight())


def paint_progress(
    paints: Paints,
    turning: Turning,
    option: QStyleOptionProgressBar,
    painter: QPainter,
    widget: QWidget | None,
    *,
    is_still: bool,
) -> None:
    """A slim bar in the middle of its room; one of unknown length only shows that it goes on."""
    c = paints.colours
    rect = QRectF(option.rect)
    thick = paints.px(tokens.BAR_THIN if role_of(widget) == "thin" else tokens.BAR)
    thick = min(thick, option.rect.height())
    bar = QRectF(rect.left(), rect.center().y() - thick / 2, rect.width(), thick)
    ground = c.line if c.line != c.text else c.raised
    paints.box(painter, bar, ground, radius=thick)
    whole = option.maximum - option.minimum
    if whole > 0:
        share = min(1.0, max(0.0, (option.progress - option.minimum) / whole))
        if share > 0:
            done = QRectF(bar.left(), bar.top(), max(thick, bar.width() * share), thick)
            paints.box(painter, done, c.accent, radius=thick)
        return
    painter.save()
    painter.setClipRect(bar)
    painter.setOpacity(0.7)
    wide = bar.width() * (1.0 if is_still else _ROUND)
    at = 0.0 if is_still else turning.share(widget) * (bar.width() + wide) - wide
    paints.box(painter, QRectF(bar.left() + at, bar.top(), wide, thick), c.accent, radius=thick)
    painter.restore()


def paint_scroll_bar(
    paints: Paints, option: QStyleOptionSlider, painter: QPainter, handle: QRect
) -> None:
    """Only a handle, darker under the pointer."""
    c = paints.colours
    if option.maximum <= option.minimum:
        return
    over = has(option, State.State_MouseOver) or has(option, State.State_Sunken)
    inset = paints.px(2 if over else 3)
    if option.orientation is Qt.Orientation.Vertical:
        area = handle.adjusted(inset, 2, -inset, -2)
    else:
        area = handle.adjusted(2, inset, -2, -inset)
    paints.box(painter, area, c.border if over else c.edge, radius=tokens.RADIUS)


def paint_tip(paints: Paints, option: QStyleOption, painter: QPainter) -> None:
    """The ground of a tool tip."""
    c = paints.colours
    painter.fillRect(option.rect, colour(c.surface))
    painter.setPen(QPen(colour(c.edge), 1))
    painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
