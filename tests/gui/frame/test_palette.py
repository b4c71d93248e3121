"""The command palette: everything is found by typing, and done by Enter."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.recipe import Recipe
from core.run.folder import RunFolder
from gui.frame.help import HelpWindow
from gui.frame.palette import Palette
from gui.frame.places import PLACES
from gui.frame.preferences import Preferences
from gui.frame.window import MainWindow
from gui.pages.plan.settings import SECTION_TITLES, all_settings
from gui.theme import Look, theme


def palette(window: MainWindow, qtbot: QtBot) -> Palette:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    shown = [each for each in window.findChildren(Palette) if each.isVisible()]
    assert len(shown) == 1
    assert shown[0].field.hasFocus()
    return shown[0]


def ask(window: MainWindow, qtbot: QtBot, typed: str, where: str) -> Palette:
    """Type it, and go down to the first entry that is found in a place."""
    shown = palette(window, qtbot)
    qtbot.keyClicks(shown.field, typed)
    while shown.chosen is None or shown.chosen.where != where:
        before = shown.list.currentIndex().row()
        qtbot.keyClick(shown.field, Qt.Key.Key_Down)
        assert shown.list.currentIndex().row() > before, (typed, where)
    return shown


def enter(shown: Palette, qtbot: QtBot) -> None:
    qtbot.keyClick(shown.field, Qt.Key.Key_Return)


def test_that_all_is_in_it_and_what_cannot_be_used_says_why(
    window: MainWindow, qtbot: QtBot
) -> None:
    shown = palette(window, qtbot)
    found = {(each.where, each.title) for each in shown._commands}
    titles = {title for _, title in found}
    assert {("Page", place.title) for place in PLACES} <= found
    for action in window.actions_of_menus:
        assert action.text().replace("&", "").removesuffix("…").strip() in titles
    for setting in all_settings(window.session.modality):
        assert (f"Plan, {SECTION_TITLES[setting.section]}", setting.title) in found
    shown.leave()
    shown = ask(window, qtbot, "results", "Page")
    assert shown.chosen is not None
    assert "Needs a run" in shown.chosen.why_not
    item = shown._model.item(shown.list.currentIndex().row(), 0)
    assert "Needs a run" in item.accessibleText()
    enter(shown, qtbot)
    assert shown.isVisible()
    assert window.shown.key == "library"
    qtbot.keyClick(shown.field, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    shown = palette(window, qtbot)
    window.primary.setFocus()
    assert not shown.isVisible()


def test_that_settings_actions_and_preferences_are_reached_by_keyboard_alone(
    window: MainWindow, qtbot: QtBot
) -> None:
    enter(ask(window, qtbot, "learning rate", "Plan, Self-distillation"), qtbot)
    assert window.shown.key == "plan"
    field = QApplication.focusWidget()
    assert field is not None
    assert field.accessibleName() == "Self-distillation: Learning rate"
    qtbot.waitUntil(lambda: not field.visibleRegion().isEmpty())
    enter(ask(window, qtbot, "dark", "Menu"), qtbot)
    assert window.settings.look is Look.DARK
    enter(ask(window, qtbot, "motion", "Preferences"), qtbot)
    dialog = window.findChild(Preferences)
    assert isinstance(dialog, Preferences)
    assert dialog.focusWidget() is dialog.motion
    dialog.close()
    theme().apply(Look.SYSTEM)


def test_that_buttons_help_and_runs_are_found(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path / "runs" / "herbarium sheets", Recipe())
    enter(ask(window, qtbot, "my texts", "Runs"), qtbot)
    assert window.shown.key == "data"
    assert window.session.modality.name == "text"
    enter(ask(window, qtbot, "knn", "Word"), qtbot)
    shown = window.findChild(HelpWindow)
    assert isinstance(shown, HelpWindow)
    assert "nearest neighbours" in shown.browser.toPlainText()
    shown.close()
    enter(ask(window, qtbot, "herb", "Run"), qtbot)
    assert window.session.run is not None
    assert window.session.run.path == run.path


class _Shows(QObject):
    """Which windows come up."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_window = isinstance(watched, QWidget) and watched.isWindow()
        if event.type() is QEvent.Type.Show and is_window:
            self.seen.append(watched)
        return False


@pytest.mark.slow
def test_that_no_page_flashes_a_window_of_its_own(
    window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    """It would take the focus, and be seen."""
    shows = _Shows()
    qapp.installEventFilter(shows)
    for place in PLACES:
        window.page(place.key)
    qapp.removeEventFilter(shows)
    assert not shows.seen
