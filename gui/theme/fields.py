"""Paints fields, boxes that are chosen from, check boxes, sliders."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QWidget,
)

from gui.theme import tokens
from gui.theme.paint import Paints, State, colour, has, role_of

Sub = QStyle.SubControl
# Room beside the words of a field; the button of a combo or spin box.
FIELD_PADDING, FIELD_BUTTON = 8, 26
_HANDLE, _GROOVE = 16, 4


def paint_field(paints: Paints, option: QStyleOption, painter: QPainter) -> None:
    """Ground and line of whatever is typed into."""
    c = paints.colours
    enabled, focused = has(option, State.State_Enabled), has(option, State.State_HasFocus)
    wrong = isinstance(option.styleObject, QWidget) and role_of(option.styleObject, "wrong") != ""
    line = c.bad if wrong else c.accent if focused else c.border if enabled else c.off
    fill = c.surface if enabled else c.raised
    paints.box(painter, option.rect, fill, line, width=2.0 if focused or wrong else 1.0)


def paint_combo(paints: Paints, option: QStyleOptionComboBox, painter: QPainter) -> None:
    """A field with an angle."""
    paint_field(paints, option, painter)
    over = has(option, State.State_MouseOver) and has(option, State.State_Enabled)
    if over and not has(option, State.State_HasFocus):
        paints.box(painter, option.rect, None, paints.colours.text)
    area = QRectF(combo_rect(paints, option, Sub.SC_ComboBoxArrow))
    role = "muted" if has(option, State.State_Enabled) else "disabled"
    paints.chevron(painter, area.center(), True, role)


def paint_combo_words(paints: Paints, option: QStyleOptionComboBox, painter: QPainter) -> None:
    """What is chosen, cut where the box is too narrow."""
    c = paints.colours
    area = combo_rect(paints, option, Sub.SC_ComboBoxEditField)
    painter.setPen(colour(c.text if has(option, State.State_Enabled) else c.disabled))
    metrics = QFontMetrics(painter.font())
    text = metrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, int(flags), text)


def combo_rect(paints: Paints, option: QStyleOptionComboBox, part: QStyle.SubControl) -> QRect:
    """Where a part of a combo box is."""
    rect = option.rect
    button = paints.px(FIELD_BUTTON)
    place = {
        Sub.SC_ComboBoxArrow: QRect(rect.right() - button, rect.top(), button, rect.height()),
        Sub.SC_ComboBoxEditField: rect.adjusted(paints.px(FIELD_PADDING + 2), 1, -button - 2, -1),
    }.get(part, rect)
    return QStyle.visualRect(option.direction, rect, place)


def paint_spin(paints: Paints, option: QStyleOptionSpinBox, painter: QPainter) -> None:
    """A field with two angles."""
    paint_field(paints, option, painter)
    steps = {
        Sub.SC_SpinBoxUp: (False, option.stepEnabled.StepUpEnabled),
        Sub.SC_SpinBoxDown: (True, option.stepEnabled.StepDownEnabled),
    }
    for part, (down, can) in steps.items():
        enabled = has(option, State.State_Enabled) and bool(option.stepEnabled & can)
        over = bool(option.activeSubControls & part) and has(option, State.State_MouseOver)
        role = "disabled" if not enabled else "accent" if over else "muted"
        paints.chevron(painter, QRectF(spin_rect(paints, option, part)).center(), down, role)


def spin_rect(paints: Paints, option: QStyleOptionSpinBox, part: QStyle.SubControl) -> QRect:
    """Where a part of a spin box is."""
    rect = option.rect
    button, half = paints.px(FIELD_BUTTON), rect.height() // 2
    left = rect.right() - button
    place = {
        Sub.SC_SpinBoxUp: QRect(left, rect.top() + 2, button, half - 2),
        Sub.SC_SpinBoxDown: QRect(left, rect.top() + half, button, half - 2),
        Sub.SC_SpinBoxEditField: rect.adjusted(paints.px(FIELD_PADDING), 2, -button - 2, -2),
    }.get(part, rect)
    return QStyle.visualRect(option.direction, rect, place)


def paint_check(paints: Paints, option: QStyleOption, painter: QPainter) -> None:
    """The box of a check box, with a ring where the keyboard is."""
    area = _indicator(paints, option)
    enabled = has(option, State.State_Enabled)
    is_on = has(option, State.State_On) or has(option, State.State_NoChange)
    _box_of_indicator(paints, option, painter, area, tokens.RADIUS_SMALL, is_on=is_on)
    if not is_on:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    c = paints.colours
    pen = QPen(colour(c.on_accent if enabled else c.disabled), area.width() / 8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    points = ((0.25, 0.52), (0.43, 0.70), (0.76, 0.32))
    if has(option, State.State_NoChange):
        points = ((0.28, 0.5), (0.5, 0.5), (0.72, 0.5))
    places = [QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in points]
    painter.drawPolyline(QPolygonF(places))
    painter.restore()


def paint_radio(paints: Paints, option: QStyleOption, painter: QPainter) -> None:
    """The circle of a radio button."""
    area = _indicator(paints, option)
    is_on = has(option, State.State_On)
    _box_of_indicator(paints, option, painter, area, area.width(), is_on=is_on)
    if is_on:
        third = area.width() / 3
        dot = area.adjusted(third, third, -third, -third)
        paints.box(painter, dot, paints.colours.on_accent, radius=area.width())


def _indicator(paints: Paints, option: QStyleOption) -> QRectF:
    """Room for a ring is around it."""
    side = paints.px(tokens.INDICATOR)
    inset = max(2.0, side * 0.1)
    area = QRectF(0, 0, side, side)
    area.moveCenter(QRectF(option.rect).center())
    return area.adjusted(inset, inset, -inset, -inset)


def _box_of_indicator(
    paints: Paints,
    option: QStyleOption,
    painter: QPainter,
    area: QRectF,
    radius: float,
    *,
    is_on: bool,
) -> None:
    c = paints.colours
    enabled = has(option, State.State_Enabled)
    line = c.border if enabled else c.off
    if enabled and has(option, State.State_MouseOver):
        line = c.accent
    if not is_on:
        paints.box(painter, area, c.surface if enabled else c.raised, line, radius=radius)
    elif enabled:
        paints.box(painter, area, c.accent, radius=radius)
    else:
        paints.box(painter, area, c.raised, c.off, radius=radius)
    if has(option, State.State_HasFocus):
        ring = area.adjusted(-2.0, -2.0, 2.0, 2.0)
        c_ring = c.accent if not is_on else c.text
        paints.box(painter, ring, None, c_ring, radius=radius + 2, width=1.6)


def paint_slider(paints: Paints, option: QStyleOptionSlider, painter: QPainter, at: QRect) -> None:
    """A groove filled up to the handle; `at` is where Qt has the handle."""
    c = paints.colours
    enabled = has(option, State.State_Enabled)
    ink = c.accent if enabled else c.edge
    high, side = paints.px(_GROOVE), float(paints.px(_HANDLE))
    rect, middle = QRectF(option.rect), QRectF(at).center()
    if option.orientation is Qt.Orientation.Horizontal:
        groove = QRectF(rect.left(), middle.y() - high / 2, rect.width(), high)
        done = QRectF(groove.left(), groove.top(), middle.x() - groove.left(), high)
    else:
        groove = QRectF(middle.x() - high / 2, rect.top(), high, rect.height())
        done = QRectF(groove.left(), middle.y(), high, groove.bottom() - middle.y())
    paints.box(painter, groove, c.line if c.line != c.text else c.disabled, radius=high)
    paints.box(painter, done, ink, radius=high)
    handle = QRectF(0, 0, side, side)
    handle.moveCenter(middle)
    if enabled and has(option, State.State_MouseOver):
        ink = c.accent_over
    paints.box(painter, handle, c.surface, ink, radius=side, width=max(2.0, side / 5))
    if has(option, State.State_HasFocus):
        ring = handle.adjusted(-3, -3, 3, 3)
        paints.box(painter, ring, None, c.accent, radius=side, width=1.6)
