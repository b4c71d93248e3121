"""Every control can be reached with the keyboard and says what it is."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QScrollBar, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.frame.window import MainWindow
from tests.helpers.worlds import World

PAGES = ("library", "data", "model", "plan", "train", "results", "compare", "export")


def controls(page: QWidget) -> list[QWidget]:
    """What the keyboard can reach on a page."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QScrollBar)
    ]


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls it."""
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found is not None else ""


@pytest.fixture
def full_window(
    window: MainWindow, world: World, undisturbed: RunFolder, qtbot: QtBot, monkeypatch
) -> MainWindow:
    """A window with data, a plan and a finished run."""
    monkeypatch.setenv("REDISTILL_CACHE", str(world.cache))
    window.open_run(undisturbed.path)
    window.show_page("data")
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=60_000)
    return window


def test_that_every_control_has_a_name(full_window: MainWindow, qtbot: QtBot) -> None:
    nameless = []
    for key in PAGES:
        full_window.show_page(key)
        if key == "plan":
            full_window.page("plan").advanced.toggle.click()
        qtbot.wait(300)  # pages fill themselves from threads; there is no one signal for all
        nameless += [
            f"{key}: {type(widget).__name__}"
            for widget in controls(full_window.page(key))
            if not isinstance(widget, QTabBar) and not spoken_name(widget).strip()
        ]
    assert nameless == []


def test_that_tab_goes_round_without_a_trap(full_window: MainWindow, qtbot: QtBot) -> None:
    window = full_window
    window.activateWindow()
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(200)
        seen = round_trip(window, qtbot)
        on_page = [widget for widget in seen if window.page(key).isAncestorOf(widget)]
        assert len(on_page) >= min(2, len(controls(window.page(key)))), key
        assert window.primary in seen or not window.primary.isEnabled(), key
        assert any(window.rail.isAncestorOf(widget) for widget in seen), key


def round_trip(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """What Tab comes by until it is where it was before."""
    seen: list[QWidget] = []
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is not None and now in seen:
            break
        if now is not None:
            seen.append(now)
    return seen


def test_that_steps_are_reached_by_their_numbers(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.shown.key == "model")
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.shown.key == "model"  # there is no run to watch
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.shown.key == "data")


def test_that_escape_ends_nothing(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.new_run()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.shown.key == "data"
