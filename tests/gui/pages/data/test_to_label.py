"""Labelling on the data page: begun without labels, a key for each, saved as one goes, used."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from core.data.label_table import Row, read_table, write_table
from core.data.ways import WAYS
from core.system.data_folder import data_folder
from core.system.resources import ROOT
from gui.frame.window import MainWindow
from gui.pages.data.label_session import LabelSession
from gui.pages.data.label_ways import WAY_WORDS
from gui.pages.data.page import DataPage
from gui.pages.data.to_label import ToLabelTab
from gui.state.session import Session
from tests.helpers.worlds import World

WAIT_MS = 120_000
_TO_LABEL = 5


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "data"))


@pytest.mark.slow
def test_that_one_labels_from_nothing_with_keys_and_uses_the_labels(
    window: MainWindow, warm: None, world: World, qtbot: QtBot
) -> None:
    window.new_run()
    page = window.page("data")
    assert isinstance(page, DataPage)
    session = window.session
    page.add([world.unlabeled], False)
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    session.change("Model", model={"name": str(world.model)})
    assert page.tabs.isTabVisible(_TO_LABEL)
    page.tabs.setCurrentIndex(_TO_LABEL)
    tab = page.tabs.to_label
    tab.count.setValue(6)
    tab.ask_button.click()
    qtbot.waitUntil(tab.ask_button.isEnabled, timeout=WAIT_MS)
    assert tab.words.text().startswith("6 images of 24 to label: typical of all")
    tab.new.setText("striped")
    qtbot.keyClick(tab.new, Qt.Key.Key_Return)
    tab.new.setText("plain")
    qtbot.keyClick(tab.new, Qt.Key.Key_Return)
    assert [tab.classes.item(at).text() for at in range(2)] == ["1  striped", "2  plain"]
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_U, Qt.Key.Key_1, Qt.Key.Key_S):
        qtbot.keyClick(tab.classes, key)
    assert tab.number.text() == "4 labeled, 1 to go"

    def saved() -> list[tuple[str, bool]]:
        (table,) = data_folder().rglob("to-label.csv")
        return [(row.label, row.is_skipped) for row in read_table(table)]

    wanted = [*((name, False) for name in ("striped", "plain", "striped", "striped"))]
    wanted += [("", True), ("", False)]
    qtbot.waitUntil(lambda: saved() == wanted, timeout=5_000)
    tab.to_use.click()
    qtbot.waitUntil(lambda: session.findings is not None, timeout=WAIT_MS)
    classes = {each["name"]: each for each in session.findings.summary["classes"]}
    assert set(classes) == {"striped", "plain"}
    assert session.findings.summary["num_labeled"] == 4


def test_that_the_keys_of_undo_take_back_labels_and_then_the_draft(
    session: Session, qtbot: QtBot
) -> None:
    window, tab = QMainWindow(), ToLabelTab(session)
    window.setCentralWidget(tab)
    qtbot.addWidget(window)
    action = session.undo.createUndoAction(window, "Undo")
    action.setShortcut(QKeySequence.StandardKey.Undo)
    window.addAction(action)
    tab._table().parent.mkdir(parents=True)
    write_table(tab._table(), [Row("/a.png"), Row("/b.png"), Row("/c.png")], are_texts=False)
    tab._on_answered({"num_labeled": 0, "num_unlabeled": 3, "way": "typical"})
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    steps = session.draft.pretrain.steps
    session.change("Steps", pretrain={"steps": steps + 1})
    tab.label_as("x")
    tab.label_as("y")
    for still in ("1 labeled, 2 to go", "0 labeled, 3 to go"):
        qtbot.keyClick(tab.classes, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert tab.number.text() == still
        assert session.draft.pretrain.steps == steps + 1
    qtbot.keyClick(tab.classes, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.draft.pretrain.steps == steps
    tab.shut_down()


def test_that_every_way_is_offered_with_what_it_is_for(session: Session, qtbot: QtBot) -> None:
    tab = ToLabelTab(session)
    qtbot.addWidget(tab)
    offered = [tab.way.itemData(at) for at in range(tab.way.count())]
    assert sorted(filter(None, offered)) == sorted(WAYS)
    assert offered[0] is None
    for at, each in enumerate(WAY_WORDS):
        tab.way.setCurrentIndex(at)
        assert each.about in tab.empty.accessibleName()
        assert tab.way.accessibleDescription() == each.about
        assert each.about in tab.way.toolTip()
    tab.shut_down()


@pytest.mark.parametrize(
    ("way", "row"),
    [
        (None, "as usual"),
        ("typical", "typical"),
        ("uncertain", "typical, then uncertain from 20 on"),
        ("diverse", "diverse"),
    ],
)
def test_that_the_numbers_are_those_of_the_help(way: str | None, row: str) -> None:
    help_text = (ROOT / "resources" / "help" / "labels.md").read_text(encoding="utf-8")
    rows = [line for line in help_text.splitlines() if line.split("|")[2:3] == [f" {row} "]]
    measured = [line.split("|")[5].split("(")[1].split(")")[0] for line in rows]
    assert len(measured) == 3
    words = next(each.measured for each in WAY_WORDS if each.way == way)
    assert re.findall(r"\S+ ± [\d.]+", words) == measured


def test_that_a_session_is_read_back_with_what_is_left(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    write_table(table, [Row("/a.png", "x"), Row("/b.png"), Row("/c.png")], are_texts=False)
    labels = LabelSession(table, are_texts=False)
    assert labels.current == Row("/b.png")
    labels.label("y")
    labels.skip()
    assert labels.current is None
    labels.undo()
    assert labels.current == Row("/c.png")
    labels.save()
    again = LabelSession(table, are_texts=False)
    assert (again.num_labeled, again.num_waiting, again.classes) == (2, 1, ["x", "y"])
