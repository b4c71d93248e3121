"""The tour of the first start: walked by keyboard, ended by Esc, offered once."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.frame.places import PLACES
from gui.frame.tour import STOPS, Tour, start_tour
from gui.frame.window import MainWindow
from gui.pages.library.page import LibraryPage
from gui.widgets.page_head import PageHead


def welcome(window: MainWindow):
    page = window.page("library")
    assert isinstance(page, LibraryPage)
    return page.welcome


def tour_of(window: MainWindow) -> Tour:
    found = window.findChild(Tour)
    assert isinstance(found, Tour)
    return found


def test_that_the_tour_is_walked_by_keyboard_and_offered_once(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert [stop.key for stop in STOPS] == [place.key for place in PLACES]
    window.activateWindow()
    assert welcome(window).tour.isVisible()
    welcome(window).tour.click()
    tour = tour_of(window)
    assert tour.next.hasFocus()
    for number, stop in enumerate(STOPS):
        assert (tour.title.text(), tour.accessibleDescription()) == (stop.title, stop.words)
        entry = window.rail.entry(stop.key)
        assert entry.property("toured") == "true"
        assert window.rect().contains(tour.geometry()), stop.key
        assert tour.x() >= entry.width()
        if window.rail.is_open(stop.key):
            assert window.shown.key == stop.key
        for head in window.findChildren(PageHead):
            place = QRect(head.mapTo(window, QPoint(0, 0)), head.size())
            assert not head.isVisible() or not place.intersects(tour.geometry()), stop.key
        qtbot.keyClick(tour, Qt.Key.Key_Right)
        assert number == len(STOPS) - 1 or tour.at == number + 1
    assert tour.isHidden()
    assert window.settings.has_seen_tour
    # Back to where it began.
    assert window.shown.key == "library"
    assert not welcome(window).tour.isVisible()


def test_that_the_tour_is_as_wide_as_its_buttons_say(window: MainWindow, qtbot: QtBot) -> None:
    tour = start_tour(window, window.settings, window.show_page)
    assert tour is not None
    tour.leave.setText("Etwas mehr sagen als auf Englisch nötig, und den Rundgang beenden")
    tour.go(1)
    qtbot.waitUntil(lambda: tour.leave.sizeHint().width() <= tour.leave.width())
    assert window.rect().contains(tour.geometry())


def test_that_escape_ends_the_tour_and_help_brings_it_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    first = start_tour(window, window.settings, window.show_page)
    assert first is not None
    first.go(3)
    qtbot.keyClick(QApplication.focusWidget() or first, Qt.Key.Key_Escape)
    assert first.isHidden()
    assert not window.rail.entry(STOPS[3].key).property("toured")
    action = next(a for a in window.actions_of_menus if a.text() == "&Tour")
    action.trigger()
    again = next(tour for tour in window.findChildren(Tour) if tour.isVisible())
    assert again.at == 0
    action.trigger()
    assert [tour for tour in window.findChildren(Tour) if tour.isVisible()] == [again]
    again.end()


def test_that_enter_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    tour = start_tour(window, window.settings, window.show_page)
    assert tour is not None
    assert tour.next.hasFocus()
    qtbot.keyClick(tour.next, Qt.Key.Key_Return)
    assert tour.at == 1
    tour.end()


@pytest.mark.slow
def test_that_the_window_can_be_used_during_the_tour(window: MainWindow, qtbot: QtBot) -> None:
    tour = start_tour(window, window.settings, window.show_page)
    assert tour is not None
    window.new_run()
    assert window.shown.key == "data"
    assert tour.isVisible()
    window.resize(window.width() - 100, window.height() - 60)
    assert window.rect().contains(tour.geometry())
    tour.leave.click()
