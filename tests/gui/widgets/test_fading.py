"""Easing: it ends, it takes no input, and there is none for who wants none."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Motion, theme
from gui.widgets.basics import button
from gui.widgets.fading import Entrance
from gui.widgets.notices import Notices


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
def test_that_a_notice_comes_and_goes(qtbot: QtBot) -> None:
    notices = Notices()
    qtbot.addWidget(notices)
    notices.resize(600, 200)
    notices.show()
    told = notices.tell("warn", "What.", "Do this.")
    qtbot.waitUntil(lambda: told.graphicsEffect() is None)
    told.closing.click()
    assert notices.texts() == []
    qtbot.waitUntil(lambda: notices.height() == 0)


def test_that_nothing_moves_for_who_wants_no_motion(qtbot: QtBot) -> None:
    theme().move(Motion.REDUCED)
    page = QWidget()
    qtbot.addWidget(page)
    entrance = Entrance(page)
    page.show()
    entrance.show_page(page)
    assert not entrance.isVisible()
    notices = Notices()
    qtbot.addWidget(notices)
    notices.show()
    assert notices.tell("ok", "Done.").graphicsEffect() is None
    notices.clear()
    assert notices.height() == 0
