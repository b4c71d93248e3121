"""A stack is as wide as what it shows."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.theme import theme
from gui.widgets.stack import Stack


def test_that_a_page_that_is_not_shown_needs_no_width(qtbot: QtBot) -> None:
    # At 100 % the widest counts.
    theme().resize_text(150)
    stack, narrow, wide = Stack(), QLabel("narrow"), QLabel("wide")
    qtbot.addWidget(stack)
    wide.setMinimumWidth(3000)
    for page in (narrow, wide):
        stack.addWidget(page)
    assert stack.minimumSizeHint().width() < 1000
    stack.setCurrentWidget(wide)
    assert stack.minimumSizeHint().width() >= 3000
