"""Paints push buttons, tool buttons and cards that are buttons."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QStyleOptionButton, QStyleOptionToolButton, QWidget

from gui.theme import tokens
from gui.theme.motion import Eases
from gui.theme.paint import Paints, State, between, colour, has, role_of

# Room beside the words, and between icon and words.
_PADDING = {"primary": 20, "quiet": 10, "disclosure": 8}
_PLAIN, _GAP = 14, 8
_QUIET = ("quiet", "disclosure")
_MNEMONIC = int(Qt.TextFlag.TextShowMnemonic)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def padding(role: str) -> int:
    """Room beside the words of a button."""
    return _PADDING.get(role, _PLAIN)


def paint_push_button(
    paints: Paints, eases: Eases, option: QStyleOptionButton, painter: QPainter, widget: QWidget
) -> None:
    """Ground, words and focus; of a card only ground and focus."""
    role = role_of(widget)
    over = eases.value(widget, _pointed_at(option))
    if role == "choice":
        _card(paints, over, option, painter)
        return
    _ground(paints, role, over, option, painter)
    ink = _ink(paints, role, option)
    _words(paints, option.icon, option.iconSize, option.text, option.rect, ink, option, painter)
    _focus(paints, role, option, painter)


def paint_tool_button(
    paints: Paints, eases: Eases, option: QStyleOptionToolButton, painter: QPainter, widget: QWidget
) -> None:
    """Ground, icon and words, focus."""
    role = role_of(widget)
    _ground(paints, role, eases.value(widget, _pointed_at(option)), option, painter)
    ink, rect = _ink(paints, role, option), option.rect
    how = option.toolButtonStyle
    text = "" if how is Qt.ToolButtonStyle.ToolButtonIconOnly else option.text
    icon = QIcon() if how is Qt.ToolButtonStyle.ToolButtonTextOnly else option.icon
    painter.setFont(option.font)
    if how is Qt.ToolButtonStyle.ToolButtonTextBesideIcon:
        rect = rect.adjusted(paints.px(padding(role)), 0, 0, 0)
        _words(paints, icon, option.iconSize, text, rect, ink, option, painter, is_left=True)
    else:
        _words(paints, icon, option.iconSize, text, rect, ink, option, painter)
    if role_of(widget, "toured") == "true":
        paints.ring(painter, option.rect)
    _focus(paints, role, option, painter)


def _pointed_at(option: QStyleOptionButton | QStyleOptionToolButton) -> float:
    return float(has(option, State.State_MouseOver) and has(option, State.State_Enabled))


def _is_down(option: QStyleOptionButton | QStyleOptionToolButton) -> bool:
    return has(option, State.State_Sunken)


def _ground(
    paints: Paints,
    role: str,
    over: float,
    option: QStyleOptionButton | QStyleOptionToolButton,
    painter: QPainter,
) -> None:
    c, rect = paints.colours, option.rect
    chosen, enabled = has(option, State.State_On), has(option, State.State_Enabled)
    fill: QColor | str | None
    if role == "primary":
        fill, line = (between(c.accent, c.accent_over, over), "") if enabled else (c.raised, c.off)
        if enabled and _is_down(option):
            fill = c.accent_over
    elif role in _QUIET:
        line, fill = "", c.accent_soft if chosen else None
        if not chosen and (over or _is_down(option)):
            fill = QColor(colour(c.line if _is_down(option) else c.raised))
            fill.setAlphaF(1.0 if _is_down(option) else over)
    else:
        line = c.edge if enabled else c.off
        fill = between(c.surface, c.raised, over) if enabled else None
        if enabled and role == "danger":
            line = c.bad
        if _is_down(option):
            fill = c.line
        if chosen:
            fill, line = c.accent_soft, c.accent if enabled else c.off
    if fill is not None or line:
        paints.box(painter, rect, fill, line)


def _ink(paints: Paints, role: str, option: QStyleOptionButton | QStyleOptionToolButton) -> str:
    c = paints.colours
    if not has(option, State.State_Enabled):
        return c.disabled
    return {"primary": c.on_accent, "danger": c.bad}.get(role, c.text)


def _focus(
    paints: Paints,
    role: str,
    option: QStyleOptionButton | QStyleOptionToolButton,
    painter: QPainter,
) -> None:
    if not has(option, State.State_HasFocus):
        return
    if role == "primary":
        # Its ground has the colour of the ring: a gap parts them.
        c = paints.colours
        paints.box(painter, option.rect, None, c.text, width=2.0)
        inner = option.rect.adjusted(2, 2, -2, -2)
        paints.box(painter, inner, None, c.surface, radius=tokens.RADIUS - 2)
        return
    paints.ring(painter, option.rect)


def _words(
    paints: Paints,
    icon: QIcon,
    icon_size: QSize,
    text: str,
    rect: QRect,
    ink: str,
    option: QStyleOptionButton | QStyleOptionToolButton,
    painter: QPainter,
    *,
    is_left: bool = False,
) -> None:
    side = QSize() if icon.isNull() else icon_size
    gap = paints.px(_GAP) if text and not icon.isNull() else 0
    wide = option.fontMetrics.size(_MNEMONIC, text).width() if text else 0
    left = rect.left()
    if not is_left:
        left += max(0, (rect.width() - side.width() - gap - wide + 1) // 2)
    if not icon.isNull():
        enabled = has(option, State.State_Enabled)
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        top = rect.top() + (rect.height() - side.height()) // 2
        painter.save()
        if not enabled:
            painter.setOpacity(0.6)
        icon.paint(painter, QRect(QPoint(left, top), side), Qt.AlignmentFlag.AlignCenter, mode)
        painter.restore()
        left += side.width() + gap
    if text:
        painter.setPen(colour(ink))
        room = QRect(left, rect.top(), max(wide, 0), rect.height())
        painter.drawText(room, _LEFT | _MNEMONIC, text)


def _card(paints: Paints, over: float, option: QStyleOptionButton, painter: QPainter) -> None:
    c = paints.colours
    is_on = has(option, State.State_On)
    fill: QColor | str = c.accent_soft if is_on else between(c.surface, c.raised, over)
    line = c.accent if is_on else c.edge
    width = 2.0 if is_on else 1.0
    paints.box(painter, option.rect, fill, line, radius=tokens.RADIUS_CARD, width=width)
    if has(option, State.State_HasFocus):
        ring = option.rect.adjusted(3, 3, -3, -3) if is_on else option.rect
        paints.ring(painter, ring, tokens.RADIUS_CARD - (3 if is_on else 0))
