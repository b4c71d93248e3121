"""Tabs: each can be seen, or a button that can be seen names it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from gui.theme import theme
from gui.widgets.tabs import Tabs
from tests.helpers.seen import faults

NAMES = ("&Overview", "Per &class", "Con&fusion", "&Mistakes", "&Learning curves", "&Try it")


@pytest.fixture
def tabs(qtbot: QtBot) -> Tabs:
    made = Tabs()
    qtbot.addWidget(made)
    for name in NAMES:
        made.addTab(QLabel(name.replace("&", "") + ", its page"), name)
    made.resize(theme().line_height * 60, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(tabs: Tabs) -> list[int]:
    """Tabs whose whole name is within the strip."""
    strip, found = tabs.strip, []
    for at in range(tabs.count()):
        name = strip.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, tabs.tabText(at)).width()
        area = strip.tabRect(at)
        if area.width() >= name and strip.rect().contains(area):
            found.append(at)
    return found


def test_that_names_move_together_before_one_is_put_away(tabs: Tabs, qtbot: QtBot) -> None:
    wide = tabs.strip.sizeHint().width()
    tabs.resize(wide, 300)
    usual = tabs.strip.tabRect(0).width()
    tabs.resize(wide - theme().space(4) * len(NAMES), 300)
    assert shown(tabs) == list(range(len(NAMES)))
    assert tabs.strip.tabRect(0).width() < usual
    assert tabs.strip.more.isHidden()
    tabs.resize(wide, 300)
    assert tabs.strip.tabRect(0).width() == usual


def test_that_a_button_names_the_tabs_without_room(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.resize(tabs.strip.sizeHint().width() // 2, 300)
    strip = tabs.strip
    away = strip.put_away
    assert away
    assert shown(tabs) == [at for at in range(len(NAMES)) if at not in away]
    assert strip.more.isVisible()
    assert strip.rect().contains(strip.more.geometry())
    assert strip.more.text() == f"{len(away)} more"
    assert [each.text() for each in strip.more.menu().actions()] == [NAMES[at] for at in away]
    assert faults(tabs) == []
    # What is chosen is always seen, in the place of another.
    strip.more.menu().actions()[-1].trigger()
    assert tabs.currentIndex() == away[-1]
    assert away[-1] in shown(tabs)
    assert strip.rect().contains(strip.more.geometry())
    # Nor do arrows stand in the way, as Qt has them.
    arrows = [each for each in strip.findChildren(QToolButton) if each is not strip.more]
    assert not any(each.isVisible() for each in arrows)


def test_that_a_tab_that_comes_later_is_counted(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.setTabVisible(0, False)
    tabs.resize(sum(tabs.strip.tabRect(at).width() for at in range(1, len(NAMES))), 300)
    assert tabs.strip.more.isHidden()
    tabs.setTabVisible(0, True)
    tabs.setTabText(1, "A name that is very much longer than the one before")
    assert len(shown(tabs)) + len(tabs.strip.put_away) == len(NAMES)
    assert not tabs.strip.more.isHidden()
    assert faults(tabs) == []


def test_that_a_wide_page_behind_another_widens_nothing(tabs: Tabs) -> None:
    before = tabs.minimumSizeHint().width()
    wide = QLabel("wide")
    wide.setMinimumWidth(5000)
    tabs.addTab(wide, "&Wide")
    assert tabs.minimumSizeHint().width() < before + 1000
    tabs.setCurrentWidget(wide)
    assert tabs.minimumSizeHint().width() >= 5000
