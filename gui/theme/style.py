"""The style of the application: Fusion's behaviour, painted by ourselves from the tokens.

Widgets say by the property `role` what they are; `polish` gives them its letters and inks, the
painters its grounds. No style sheet: a change of look or of text size is a change of palette and
font, and costs no widget a new style.
"""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QProxyStyle,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QTabBar,
    QWidget,
)

from gui.theme import buttons, fields, sizes, surfaces, tokens
from gui.theme.fonts import role_font, sized
from gui.theme.motion import Eases, Turning
from gui.theme.paint import Paints, role_of

Control, Complex = QStyle.ControlElement, QStyle.ComplexControl
Primitive = QStyle.PrimitiveElement
Element, Sub = QStyle.SubElement, QStyle.SubControl
Hint = QStyle.StyleHint

_RGB = 0xFFFFFF
_INKS = ("muted", "ok", "warn", "bad")


class RedistillStyle(QProxyStyle):
    """Paints with `paints`; `eases` and `turning` move what moves."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        self.paints = Paints()
        self.eases, self.turning = Eases(self), Turning(self)

    # What Qt asks most often: a look into a table.

    def pixelMetric(  # noqa: N802
        self, metric: QStyle.PixelMetric, option: Any = None, widget: QWidget | None = None
    ) -> int:
        """Sizes of parts."""
        size = sizes.METRICS.get(metric)
        if size is not None:
            return self.paints.px(size)
        fixed = sizes.FIXED.get(metric)
        return fixed if fixed is not None else super().pixelMetric(metric, option, widget)

    def styleHint(  # noqa: N802
        self,
        hint: QStyle.StyleHint,
        option: Any = None,
        widget: QWidget | None = None,
        returnData: Any = None,  # noqa: N803
    ) -> int:
        """How things behave."""
        known = sizes.HINTS.get(hint)
        if known is not None:
            return known
        if hint is Hint.SH_Table_GridLineColor:
            return QColor(self.paints.colours.line).rgb() & _RGB
        if hint is Hint.SH_Widget_Animation_Duration and self.eases.is_reduced:
            return 0
        return super().styleHint(hint, option, widget, returnData)

    def sizeFromContents(  # noqa: N802
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: Any = None
    ) -> QSize:
        """Controls are of one height, whatever is in them."""
        own = sizes.control_size(self.paints, kind, option, size, widget)
        if own is not None:
            return own
        found = super().sizeFromContents(kind, option, size, widget)
        return sizes.at_least(self.paints, kind, found, widget)

    def subElementRect(  # noqa: N802
        self, element: QStyle.SubElement, option: QStyleOption, widget: Any = None
    ) -> QRect:
        """Where parts of simple controls are."""
        if element is Element.SE_LineEditContents:
            if not isinstance(widget, QLineEdit) or not widget.hasFrame():
                return option.rect
            pad = self.paints.px(fields.FIELD_PADDING) - 2
            return option.rect.adjusted(pad, 1, -pad, -1)
        if element is Element.SE_TabWidgetTabContents:
            pane = super().subElementRect(Element.SE_TabWidgetTabPane, option, widget)
            return pane.adjusted(0, self.paints.px(tokens.GRID * 2), 0, 0)
        return super().subElementRect(element, option, widget)

    def subControlRect(  # noqa: N802
        self,
        control: QStyle.ComplexControl,
        option: Any,
        part: QStyle.SubControl,
        w: Any = None,
    ) -> QRect:
        """Where parts of other controls are."""
        if control is Complex.CC_ComboBox:
            return fields.combo_rect(self.paints, option, part)
        if control is Complex.CC_SpinBox:
            return fields.spin_rect(self.paints, option, part)
        if control is Complex.CC_ScrollBar:
            return sizes.scroll_bar_rect(option, part, self.paints.px(32))
        return super().subControlRect(control, option, part, w)

    # What is painted.

    def drawControl(  # noqa: N802
        self, element: QStyle.ControlElement, option: Any, painter: QPainter, widget: Any = None
    ) -> None:
        """Buttons, tabs, heads, bars, frames; the rest is Fusion's."""
        paints = self.paints
        if element is Control.CE_PushButton and isinstance(option, QStyleOptionButton):
            buttons.paint_push_button(paints, self.eases, option, painter, widget)
        elif element is Control.CE_ShapedFrame:
            if not surfaces.paint_frame(paints, option, painter, widget):
                super().drawControl(element, option, painter, widget)
        elif element is Control.CE_ComboBoxLabel:
            fields.paint_combo_words(paints, option, painter)
        elif element is Control.CE_TabBarTabShape:
            surfaces.paint_tab(paints, option, painter)
        elif element is Control.CE_TabBarTabLabel:
            surfaces.paint_tab_words(paints, option, painter)
        elif element is Control.CE_HeaderSection:
            surfaces.paint_header(paints, option, painter)
        elif element is Control.CE_HeaderEmptyArea:
            painter.fillRect(option.rect, QColor(paints.colours.surface))
        elif element is Control.CE_ProgressBar:
            surfaces.paint_progress(
                paints, self.turning, option, painter, widget, is_still=self.eases.is_reduced
            )
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(  # noqa: N802
        self, control: QStyle.ComplexControl, option: Any, painter: QPainter, widget: Any = None
    ) -> None:
        """Tool buttons, boxes to choose from, sliders, scroll bars."""
        paints = self.paints
        if control is Complex.CC_ToolButton:
            buttons.paint_tool_button(paints, self.eases, option, painter, widget)
        elif control is Complex.CC_ComboBox:
            fields.paint_combo(paints, option, painter)
        elif control is Complex.CC_SpinBox:
            fields.paint_spin(paints, option, painter)
        elif control is Complex.CC_Slider:
            at = self.subControlRect(control, option, Sub.SC_SliderHandle, widget)
            fields.paint_slider(paints, option, painter, at)
        elif control is Complex.CC_ScrollBar:
            at = self.subControlRect(control, option, Sub.SC_ScrollBarSlider, widget)
            surfaces.paint_scroll_bar(paints, option, painter, at)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def drawPrimitive(  # noqa: N802
        self, element: QStyle.PrimitiveElement, option: Any, painter: QPainter, widget: Any = None
    ) -> None:
        """Fields, boxes to tick, panels, focus."""
        paints = self.paints
        if element is Primitive.PE_PanelLineEdit:
            if getattr(option, "lineWidth", 0) > 0:
                fields.paint_field(paints, option, painter)
        elif element in {Primitive.PE_IndicatorCheckBox, Primitive.PE_IndicatorItemViewItemCheck}:
            fields.paint_check(paints, option, painter)
        elif element is Primitive.PE_IndicatorRadioButton:
            fields.paint_radio(paints, option, painter)
        elif not self._draw_ground(element, option, painter, widget):
            super().drawPrimitive(element, option, painter, widget)

    def _draw_ground(
        self, element: QStyle.PrimitiveElement, option: Any, painter: QPainter, widget: Any
    ) -> bool:
        """Panels, lines and rings; returns whether it is one of them."""
        paints = self.paints
        if element is Primitive.PE_Frame:
            surfaces.paint_panel(paints, option, painter)
        elif element is Primitive.PE_Widget:
            surfaces.paint_frame(paints, option, painter, widget)
        elif element is Primitive.PE_FrameFocusRect:
            if not isinstance(widget, QAbstractButton):
                paints.ring(painter, option.rect, tokens.RADIUS_SMALL)
        elif element is Primitive.PE_PanelTipLabel:
            surfaces.paint_tip(paints, option, painter)
        elif element in {Primitive.PE_FrameTabWidget, Primitive.PE_FrameTabBarBase}:
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1),
                QColor(paints.colours.line),
            )
        else:
            return False
        return True

    # What a role means beside its ground.

    def polish(self, what: Any) -> Any:
        """Give a widget the letters and inks of its role."""
        if not isinstance(what, QWidget):
            return super().polish(what)
        super().polish(what)
        self.dress(what)
        return None

    def dress(self, widget: QWidget) -> None:
        """Again after a change of role, look, or text size."""
        role = role_of(widget)
        if isinstance(widget, QLabel):
            self._dress_label(widget, role)
        elif isinstance(widget, (QAbstractButton, QComboBox, QTabBar)):
            widget.setAttribute(Qt.WidgetAttribute.WA_Hover)
            if isinstance(widget, QPushButton) and role == "primary":
                widget.setFont(sized(QApplication.font(), 1.0, tokens.STRONG))
        elif role == "thin":
            widget.setFixedHeight(self.paints.px(tokens.BAR_THIN + 2))
        if isinstance(widget, QScrollArea):
            _see_through(widget)

    def _dress_label(self, label: QLabel, role: str) -> None:
        dressed = str(label.property("dressed") or "")
        if role in tokens.TYPE:
            label.setFont(role_font(QApplication.font(), role))
        elif dressed in tokens.TYPE:
            label.setFont(QApplication.font())
        if role in _INKS:
            palette = QPalette(label.palette())
            ink = QColor(getattr(self.paints.colours, role))
            for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
                palette.setColor(group, QPalette.ColorRole.WindowText, ink)
            label.setPalette(palette)
        elif dressed in _INKS:
            label.setPalette(QPalette())
        if dressed != role:
            label.setProperty("dressed", role)


def _see_through(area: QScrollArea) -> None:
    """What scrolls has the ground of what is around it."""
    area.viewport().setAutoFillBackground(False)
    content = area.widget()
    if content is not None:
        content.setAutoFillBackground(False)
