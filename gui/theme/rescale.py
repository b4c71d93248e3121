"""Follows a change of the text size in all that was measured out before it.

Pages measure margins and widths once, when they are made. Each such size is kept at a text size
of 100 % with the object that has it, so that going up and down again ends where it began.
"""

from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLayout,
    QSpacerItem,
    QSplitter,
    QWidget,
)
from shiboken6 import isValid

from gui.theme import tokens
from gui.theme.paint import role_of

_MOST = 16777215  # QWIDGETSIZE_MAX


class Rescaler:
    """Multiplies sizes; knows which of them it has set itself."""

    def __init__(self) -> None:
        # For each object: name of a size -> (at 100 %, as set here).
        self._known: WeakKeyDictionary[Any, dict[str, tuple[float, int]]] = WeakKeyDictionary()

    def rescale(self, widgets: Iterable[QWidget], before: float, now: float) -> None:
        """Go from one scale to another."""
        for widget in filter(isValid, widgets):
            self._widget(widget, before, now)
            layout = widget.layout()
            if layout is not None:
                self._layout(layout, before, now)

    def _size(
        self,
        owner: Any,
        name: str,
        value: int,
        use: Callable[[int], object],
        before: float,
        now: float,
    ) -> None:
        if value <= 0 or value >= _MOST:
            return
        known = self._known.setdefault(owner, {})
        whole, last = known.get(name, (0.0, -1))
        if value != last:
            whole = value / before
        wanted = max(1, round(whole * now))
        known[name] = (whole, wanted)
        if wanted != value:
            use(wanted)

    def _widget(self, widget: QWidget, before: float, now: float) -> None:
        if widget.isWindow():
            # Its bounds are those of its layout, or its owner's; its size is the user's.
            self._letters(widget, before, now)
            return
        own = {
            "least_w": (widget.minimumWidth(), widget.setMinimumWidth),
            "least_h": (widget.minimumHeight(), widget.setMinimumHeight),
            "most_w": (widget.maximumWidth(), widget.setMaximumWidth),
            "most_h": (widget.maximumHeight(), widget.setMaximumHeight),
        }
        # Growing, the most goes first; shrinking, the least: neither pushes the other.
        for name in sorted(own, reverse=now < before):
            value, use = own[name]
            self._size(widget, name, value, use, before, now)
        if isinstance(widget, QAbstractButton):
            side = widget.iconSize().width()

            def set_icon(size: int, button: QAbstractButton = widget) -> None:
                button.setIconSize(QSize(size, size))

            self._size(widget, "icon", side, set_icon, before, now)
        if isinstance(widget, QSplitter):
            self._size(widget, "handle", widget.handleWidth(), widget.setHandleWidth, before, now)
        self._letters(widget, before, now)

    def _letters(self, widget: QWidget, before: float, now: float) -> None:
        """Letters that a page has chosen; those of roles are given by the style."""
        if not widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            return
        if role_of(widget) in (*tokens.TYPE, "primary"):
            return
        if isinstance(widget, QLabel) and widget.property("dressed") in tokens.TYPE:
            return

        def set_letters(size: int) -> None:
            font = QFont(widget.font())
            font.setPixelSize(size)
            widget.setFont(font)

        self._size(widget, "letters", widget.font().pixelSize(), set_letters, before, now)

    def _layout(self, layout: QLayout, before: float, now: float) -> None:
        margins = layout.contentsMargins()
        for name in ("Left", "Top", "Right", "Bottom"):
            use = getattr(margins, f"set{name}")
            self._size(layout, name, getattr(margins, name.lower())(), use, before, now)
        layout.setContentsMargins(margins)
        self._gaps(layout, before, now)
        for index in range(layout.count()):
            item = layout.itemAt(index)
            inner = item.layout() if item is not None else None
            if inner is not None:
                self._layout(inner, before, now)
            elif isinstance(item, QSpacerItem):
                self._spacer(layout, index, item, before, now)
        layout.invalidate()

    def _gaps(self, layout: Any, before: float, now: float) -> None:
        if hasattr(layout, "setHorizontalSpacing"):
            across, down = layout.horizontalSpacing(), layout.verticalSpacing()
            self._size(layout, "across", across, layout.setHorizontalSpacing, before, now)
            self._size(layout, "down", down, layout.setVerticalSpacing, before, now)
        else:
            self._size(layout, "gap", layout.spacing(), layout.setSpacing, before, now)

    def _spacer(
        self, layout: QLayout, index: int, item: QSpacerItem, before: float, now: float
    ) -> None:
        hint, policy = item.sizeHint(), item.sizePolicy()

        def change(width: int, height: int) -> None:
            item.changeSize(width, height, policy.horizontalPolicy(), policy.verticalPolicy())

        name = f"spacer{index}"
        self._size(
            layout, f"{name}w", hint.width(), lambda w: change(w, hint.height()), before, now
        )
        width = item.sizeHint().width()
        self._size(layout, f"{name}h", hint.height(), lambda h: change(width, h), before, now)
