"""Labels to doubt on the data page: found by a helper, decided with keys, read by the next scan."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.data.corrections import read_corrections
from core.data.decision import Correction
from core.system.data_folder import data_folder
from gui.frame.window import MainWindow
from gui.pages.data.label_decisions import LabelDecisions
from gui.pages.data.page import DataPage
from tests.helpers.worlds import World, draw_pictures

WAIT_MS = 120_000
_SUSPECTS = 4


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "data"))


@pytest.mark.slow
def test_that_wrong_labels_are_found_decided_with_keys_and_used(
    window: MainWindow, warm: None, world: World, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "labeled"
    for number, label in enumerate(("blue", "green", "red")):
        draw_pictures(folder / label, 15, seed=number, label=label)
    for number in (2, 3, 4):
        shutil.move(folder / "blue" / f"blue-{number:02d}.png", folder / "red")
    before = sorted(folder.rglob("*.png"))
    window.new_run()
    page = window.page("data")
    assert isinstance(page, DataPage)
    session = window.session
    page.add([folder], True)
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    session.change("Model", model={"name": str(world.model)})
    assert page.tabs.isTabVisible(_SUSPECTS)
    page.tabs.setCurrentIndex(_SUSPECTS)
    tab = page.tabs.suspects
    tab.ask_button.click()
    qtbot.waitUntil(tab.ask_button.isEnabled, timeout=WAIT_MS)
    assert "to doubt" in tab.words.text(), tab.words.text()
    shown = [tab.list.item(row).text() for row in range(tab.list.count())]
    at = next(row for row, text in enumerate(shown) if text.startswith("blue-0"))
    assert "red → blue?" in shown[at]
    tab.list.setCurrentRow(at)
    qtbot.waitUntil(lambda: tab.example.picture.has_image, timeout=WAIT_MS)
    qtbot.keyClick(tab.list, Qt.Key.Key_L)
    assert "left out" in tab.list.item(at).text()
    qtbot.keyClick(tab.list, Qt.Key.Key_U)
    assert "red → blue?" in tab.list.item(at).text()
    assert tab.list.currentRow() == at
    qtbot.keyClick(tab.list, Qt.Key.Key_C)
    assert tab.list.item(at).text().endswith("red → blue")
    assert tab.number.text() == "1 label to correct or leave out."
    (kept,) = data_folder().rglob("decisions.csv")
    (decided,) = read_corrections(kept)
    assert (decided.given, decided.decision, decided.new) == ("red", "correct", "blue")
    tab.use.click()
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    assert session.findings.summary["num_corrections"] == 1
    assert read_corrections(Path(str(session.draft.data.corrections))) == [decided]
    assert tab.list.count() == len(shown)
    assert sorted(folder.rglob("*.png")) == before
    session.undo.undo()
    assert session.draft.data.corrections is None


def test_that_decisions_outlive_the_window_and_can_be_taken_back(tmp_path: Path) -> None:
    first = LabelDecisions("there")
    first.decide(Correction("a.png", "x", "correct", "y"))
    first.decide(Correction("b.png", "x", "keep"))
    table = first.table()
    # The data are read with them: what they say of a label is not what it was given.
    second = LabelDecisions("there", table)
    assert len(second) == 1
    second.decide(Correction("a.png", "y", "leave out"))
    assert second.of("a.png") == Correction("a.png", "x", "leave out")
    assert read_corrections(table)[0].decision == "correct"
    assert second.undo() == "a.png"
    assert second.of("a.png") == Correction("a.png", "x", "correct", "y")
    assert not second.can_undo
    assert len(LabelDecisions("elsewhere")) == 0
