"""Easing: it ends, it takes no input, and there is none for who wants none."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.theme import Motion, theme
from gui.widgets.basics import button
from gui.widgets.fading import Entrance, uncover


@pytest.fixture
def moving(qapp: object) -> Iterator[None]:
    """With motion; the other tests have none."""
    theme().move(Motion.FULL)
    yield
    theme().move(Motion.REDUCED)


@pytest.mark.usefixtures("moving")
def test_that_a_page_can_be_used_while_it_comes(qtbot: QtBot) -> None:
    used: list[str] = []
    page, press = QWidget(), button("Press", lambda: used.append("pressed"))
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(press)
    entrance = Entrance(page)
    page.show()
    entrance.show_page(page)
    assert entrance.isVisible()
    assert page.childAt(press.geometry().center()) is press
    qtbot.mouseClick(press, Qt.MouseButton.LeftButton)
    assert used == ["pressed"]
    qtbot.waitUntil(lambda: not entrance.isVisible())


@pytest.mark.usefixtures("moving")
def test_that_what_comes_is_uncovered(qtbot: QtBot) -> None:
    made = button("Press", lambda: None)
    qtbot.addWidget(made)
    made.show()
    veil = uncover(made)
    assert veil is not None
    assert veil.size() == made.size()
    qtbot.waitUntil(lambda: not isValid(veil))


def test_that_nothing_moves_for_who_wants_no_motion(qtbot: QtBot) -> None:
    theme().move(Motion.REDUCED)
    page = QWidget()
    qtbot.addWidget(page)
    entrance = Entrance(page)
    page.show()
    entrance.show_page(page)
    assert not entrance.isVisible()
    assert uncover(page) is None
