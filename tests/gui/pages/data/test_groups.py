"""Copies and groups are decided on the page, with reasons, and undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from tests.core.images.data.pictures import put
from tests.gui.pages.data.test_page import dropped, files, scanned


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPage:
    """The page of a new run with four patients' pictures, one in both splits."""
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "labeled"
    for number in range(16):
        name = f"p{number // 4}_{number}.png"
        put(folder / "train" / "ab"[number % 2] / name, number)
    for number, label in ((0, "a"), (20, "a"), (21, "b")):
        put(folder / "test" / label / f"p0_{number}.png", number)
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    dropped(found.labeled, files(folder))
    return found


def notes(window: MainWindow) -> str:
    assert window.session.findings is not None
    return " | ".join(window.session.findings.summary["notes"])


@pytest.mark.slow
def test_that_copies_are_kept_when_asked_and_left_out_again(
    window: MainWindow, page: DataPage, qtbot: QtBot
) -> None:
    scanned(window, qtbot)
    assert "left out of training" in notes(window)
    box = page.decisions._copies
    box.setCurrentIndex(box.findData("none"))
    assert window.session.draft.data.leave_out_copies == "none"
    scanned(window, qtbot)
    assert "left out of training" not in notes(window)
    window.session.undo.undo()
    assert box.currentData() == "near"


@pytest.mark.slow
def test_that_groups_are_told_by_names_and_a_wrong_pattern_is_refused(
    window: MainWindow, page: DataPage, qtbot: QtBot
) -> None:
    scanned(window, qtbot)
    groups = page.decisions.groups
    assert groups.value.isHidden()
    groups.way.setCurrentIndex(2)
    groups.way.activated.emit(2)
    assert not groups.value.isHidden()
    qtbot.keyClicks(groups.value, r"(p\d+)_")
    qtbot.keyClick(groups.value, Qt.Key.Key_Return)
    assert window.session.draft.data.group_pattern == r"(p\d+)_"
    scanned(window, qtbot)
    assert "group" in notes(window)
    groups.value.setText("(p")
    qtbot.keyClick(groups.value, Qt.Key.Key_Return)
    # Refused in words; what was asked before stays.
    assert window.session.draft.data.group_pattern == r"(p\d+)_"
    window.session.undo.undo()
    assert window.session.draft.data.group_pattern is None
    assert groups.value.isHidden()
