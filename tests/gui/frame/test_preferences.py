"""Preferences: used at once, kept, and complete by keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.frame.preferences import Preferences
from gui.frame.window import MainWindow
from gui.state.settings import Settings, default_runs_folder
from gui.theme import Look, Motion, theme


def opened(window: MainWindow) -> Preferences:
    """The dialog, opened by its menu action."""
    keys = QKeySequence("Ctrl+,")
    action = next(each for each in window.actions_of_menus if each.shortcut() == keys)
    action.trigger()
    found = window.findChild(Preferences)
    assert isinstance(found, Preferences)
    return found


def pick(box: QComboBox, value: object, qtbot: QtBot) -> None:
    """Choose by the keyboard alone."""
    box.setFocus()
    wanted = box.findData(value)
    while box.currentIndex() != wanted:
        key = Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up
        qtbot.keyClick(box, key)


def test_that_choices_count_at_once_and_are_kept(
    window: MainWindow, settings: Settings, qtbot: QtBot
) -> None:
    shown = opened(window)
    pick(shown.look, Look.DARK, qtbot)
    pick(shown.text_size, 150, qtbot)
    pick(shown.motion, Motion.FULL, qtbot)
    shown.notifies.click()
    assert theme().look is Look.DARK
    assert theme().text_size == 150
    assert not theme().is_still
    settings.sync()
    kept = Settings(settings.file)
    assert (kept.look, kept.text_size, kept.motion) == (Look.DARK, 150, Motion.FULL)
    assert not kept.notifies
    shown.close()


def test_that_the_runs_folder_can_be_put_back(
    window: MainWindow, settings: Settings, qtbot: QtBot
) -> None:
    shown = opened(window)
    with qtbot.waitSignal(shown.runs_moved):
        shown.usual.click()
    assert settings.runs_folder == default_runs_folder()
    assert shown.folder.whole == str(default_runs_folder())
    assert not shown.usual.isEnabled()


def test_that_every_control_of_preferences_has_a_name(window: MainWindow) -> None:
    shown = opened(window)
    named = {each.buddy() for each in shown.findChildren(QLabel) if each.buddy()}
    for control in (*shown.findChildren(QComboBox), *shown.findChildren(QAbstractButton)):
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert text or control.accessibleName() or control in named, control


@pytest.mark.slow
def test_that_the_text_grows_and_comes_back_everywhere(
    window: MainWindow, settings: Settings, tmp_path: Path
) -> None:
    window.new_run()
    keys = {each.shortcut().toString(): each for each in window.actions_of_menus}
    # Labels take the letters of their role when they are first shown, or dressed.
    keys["Ctrl++"].trigger()
    keys["Ctrl+0"].trigger()
    before = {
        widget: (widget.font().pixelSize(), widget.minimumSize(), widget.maximumSize())
        for widget in (window, *window.findChildren(QLabel), *window.findChildren(QAbstractButton))
    }
    height = window.primary.sizeHint().height()
    for _ in range(9):
        keys["Ctrl++"].trigger()
    assert theme().text_size == settings.text_size == 200
    assert window.primary.sizeHint().height() == 2 * height
    assert window.primary.font().pixelSize() == 2 * before[window.primary][0]
    for _ in range(12):
        keys["Ctrl+-"].trigger()
    assert theme().text_size == 80
    keys["Ctrl+0"].trigger()
    for widget, was in before.items():
        if not isValid(widget):
            continue
        now = (widget.font().pixelSize(), widget.minimumSize(), widget.maximumSize())
        assert now == was, (widget, widget.accessibleName())


def test_that_a_language_is_kept_and_named_in_itself(
    window: MainWindow, settings: Settings, qtbot: QtBot
) -> None:
    shown = opened(window)
    names = [shown.language.itemText(at) for at in range(shown.language.count())]
    assert names == ["As the system", "English", "Deutsch", "简体中文"]
    pick(shown.language, "zh_CN", qtbot)
    settings.sync()
    assert Settings(settings.file).language == "zh_CN"
    shown.close()


def test_that_missing_chinese_characters_are_said_where_chinese_is_chosen(
    window: MainWindow, qtbot: QtBot
) -> None:
    there = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    shown = opened(window)
    assert not shown.no_font.isVisible()
    pick(shown.language, "zh_CN", qtbot)
    assert shown.no_font.isVisible() == (not there)
    pick(shown.language, "de", qtbot)
    assert not shown.no_font.isVisible()
    shown.close()


def test_that_an_unknown_language_counts_as_not_chosen(settings: Settings) -> None:
    settings.language = "klingon"
    assert settings.language == "system"
