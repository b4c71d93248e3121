"""How large the parts of controls are, and where."""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QStyleOption, QStyleOptionToolButton, QWidget

from gui.theme import buttons, fields, tokens
from gui.theme.paint import Paints, role_of

Metric, Contents = QStyle.PixelMetric, QStyle.ContentsType
Sub, Hint = QStyle.SubControl, QStyle.StyleHint

# In pixels at a text size of 100 %.
METRICS = {
    Metric.PM_IndicatorWidth: tokens.INDICATOR,
    Metric.PM_IndicatorHeight: tokens.INDICATOR,
    Metric.PM_ExclusiveIndicatorWidth: tokens.INDICATOR,
    Metric.PM_ExclusiveIndicatorHeight: tokens.INDICATOR,
    Metric.PM_CheckBoxLabelSpacing: 8,
    Metric.PM_RadioButtonLabelSpacing: 8,
    Metric.PM_ScrollBarExtent: 12,
    Metric.PM_ScrollBarSliderMin: 32,
    Metric.PM_SliderThickness: 24,
    Metric.PM_SliderControlThickness: 24,
    Metric.PM_SliderLength: 22,
    Metric.PM_TabBarTabHSpace: 32,
    Metric.PM_TabBarTabVSpace: 16,
    Metric.PM_HeaderMargin: 8,
    Metric.PM_MenuPanelWidth: 1,
    Metric.PM_MenuVMargin: 4,
    Metric.PM_MenuBarItemSpacing: 4,
    Metric.PM_ToolTipLabelFrameWidth: 8,
    Metric.PM_SmallIconSize: 16,
}
# The same at each text size.
FIXED = {
    Metric.PM_DefaultFrameWidth: 3,
    Metric.PM_ComboBoxFrameWidth: 2,
    Metric.PM_SpinBoxFrameWidth: 2,
    Metric.PM_ButtonShiftHorizontal: 0,
    Metric.PM_ButtonShiftVertical: 0,
    Metric.PM_TabBarTabShiftHorizontal: 0,
    Metric.PM_TabBarTabShiftVertical: 0,
    Metric.PM_TabBarBaseOverlap: 0,
    Metric.PM_TabBarBaseHeight: 0,
}
HINTS = {
    Hint.SH_ComboBox_Popup: 0,
    Hint.SH_EtchDisabledText: 0,
    Hint.SH_ToolTipLabel_Opacity: 255,
    Hint.SH_TabBar_Alignment: int(Qt.AlignmentFlag.AlignLeft),
}

_AROUND_ICON = 5
# Beside the words of a field.
_ROOM = {
    Contents.CT_LineEdit: 2 * fields.FIELD_PADDING,
    Contents.CT_ComboBox: fields.FIELD_PADDING + 2 + fields.FIELD_BUTTON + 6,
    Contents.CT_SpinBox: fields.FIELD_PADDING + fields.FIELD_BUTTON + 6,
}


def control_size(
    paints: Paints, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: Any
) -> QSize | None:
    """Of buttons and fields: of one height, whatever is in them; None for all else."""
    high = paints.px(tokens.CONTROL)
    if kind in {Contents.CT_PushButton, Contents.CT_ToolButton}:
        pad = paints.px(buttons.padding(role_of(widget)))
        if isinstance(option, QStyleOptionToolButton):
            is_icon = option.toolButtonStyle is Qt.ToolButtonStyle.ToolButtonIconOnly
            pad = paints.px(_AROUND_ICON) if is_icon else pad
        return QSize(size.width() + 2 * pad, max(high, size.height() + paints.px(8)))
    room = _ROOM.get(kind)
    return QSize(size.width() + paints.px(room), high) if room is not None else None


def at_least(
    paints: Paints, kind: QStyle.ContentsType, found: QSize, widget: QWidget | None
) -> QSize:
    """A little more than Fusion gives to what is picked from a list."""
    if kind is Contents.CT_MenuItem:
        return QSize(found.width() + paints.px(16), max(found.height(), paints.px(28)))
    if kind is Contents.CT_MenuBarItem:
        return QSize(found.width() + paints.px(4), found.height())
    if kind is Contents.CT_ItemViewItem and _is_of_a_combo(widget):
        return QSize(found.width(), max(found.height(), paints.px(28)))
    return found


def _is_of_a_combo(widget: QWidget | None) -> bool:
    return widget is not None and widget.inherits("QComboBoxListView")


def scroll_bar_rect(option: Any, part: QStyle.SubControl, least: int) -> QRect:
    """A bar is all groove: no arrows at its ends."""
    rect: QRect = option.rect
    if part is Sub.SC_ScrollBarGroove:
        return rect
    if part not in {Sub.SC_ScrollBarSlider, Sub.SC_ScrollBarAddPage, Sub.SC_ScrollBarSubPage}:
        return QRect()
    is_vertical = option.orientation is Qt.Orientation.Vertical
    room = rect.height() if is_vertical else rect.width()
    steps = option.maximum - option.minimum
    long = room
    if steps > 0:
        long = min(room, max(least, room * option.pageStep // (steps + option.pageStep)))
    at = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, room - long, option.upsideDown
    )
    start, length = {
        Sub.SC_ScrollBarSlider: (at, long),
        Sub.SC_ScrollBarSubPage: (0, at),
        Sub.SC_ScrollBarAddPage: (at + long, room - at - long),
    }[part]
    if is_vertical:
        return QRect(rect.left(), rect.top() + start, rect.width(), length)
    return QRect(rect.left() + start, rect.top(), length, rect.height())
