"""Where a control is, and how to bring it to sight, whatever tab or scroll bar hides it."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QTabWidget, QWidget


def can_be_shown(control: QWidget, page: QWidget) -> bool:
    """Whether it is hidden by no more than its page, or a tab that can be chosen."""
    at = control
    while at is not page:
        around = at.parentWidget()
        if around is None:
            return False
        if isinstance(around, QStackedWidget):
            tabs = around.parentWidget()
            if isinstance(tabs, QTabWidget):
                if not tabs.isTabVisible(tabs.indexOf(at)):
                    return False
            elif around.currentWidget() is not at:
                return False
        elif _was_hidden(at):
            return False
        at = around
    return True


def bring_to_sight(control: QWidget, page: QWidget) -> None:
    """Choose its tab, scroll to it, give it the focus; its page is in front."""
    at = control
    while at is not page:
        around = at.parentWidget()
        if around is None:
            return
        tabs = around.parentWidget()
        if isinstance(around, QStackedWidget) and isinstance(tabs, QTabWidget):
            tabs.setCurrentWidget(at)
        at = around
    control.setFocus(Qt.FocusReason.ShortcutFocusReason)
    # Once what has just come to sight is laid out.
    QTimer.singleShot(0, control, lambda: _scroll_to(control))


def _was_hidden(widget: QWidget) -> bool:
    """By somebody, not because nothing around it was shown yet."""
    state = Qt.WidgetAttribute
    return all(
        map(widget.testAttribute, (state.WA_WState_Hidden, state.WA_WState_ExplicitShowHide))
    )


def _scroll_to(control: QWidget) -> None:
    around = control.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea) and (inside := around.widget()) is not None:
            top = control.mapTo(inside, QPoint(0, 0)).y()
            # With what stands above and below it: a field alone tells little.
            around.ensureVisible(0, top + control.height() // 2, 0, around.height() // 3)
        around = around.parentWidget()
