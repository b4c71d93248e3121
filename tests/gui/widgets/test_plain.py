"""Foreign names are shown as they stand: Qt interprets none of them as rich text."""

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from gui.outcome.table import TextTable
from gui.widgets import dialogs
from gui.widgets.basics import button, label, tool
from gui.widgets.elided import Elided
from gui.widgets.plain import plain

HOSTILE = '<img src="file:///etc/passwd"><b>cats</b>'
TIP = Qt.ItemDataRole.ToolTipRole


def as_qt_shows(text: str) -> str:
    """What a tool tip or a box shows of a text."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


@pytest.mark.parametrize(
    "text", [HOSTILE, f"{HOSTILE}\nsecond line", "a < b & c", "cats", "", "<x>"]
)
def test_that_any_text_is_shown_as_it_stands(qtbot: QtBot, text: str) -> None:
    assert as_qt_shows(plain(text)) == text


def test_that_parts_of_pages_show_a_hostile_name_as_it_stands(qtbot: QtBot) -> None:
    for widget in (button("x", lambda: None, tip=HOSTILE), tool(HOSTILE, "close", lambda: None)):
        qtbot.addWidget(widget)
        assert as_qt_shows(widget.toolTip()) == HOSTILE
    elided = Elided(HOSTILE)
    qtbot.addWidget(elided)
    elided.resize(20, 20)
    elided.show_text(HOSTILE)
    assert as_qt_shows(elided.toolTip()) == HOSTILE
    assert label(HOSTILE).textFormat() is Qt.TextFormat.PlainText


def test_that_tables_of_classes_show_a_hostile_name_as_it_stands(qtbot: QtBot) -> None:
    table = TextTable("classes", ["class", "score"])
    qtbot.addWidget(table)
    table.texts.show_rows([[HOSTILE, "1"]])
    assert as_qt_shows(table.texts.data(table.texts.index(0, 0), TIP)) == HOSTILE


def test_that_a_question_about_a_hostile_name_shows_it_as_it_stands(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(box: QMessageBox) -> int:
        seen.extend(as_qt_shows(each) for each in (box.text(), box.informativeText()))
        return 0

    monkeypatch.setattr(QMessageBox, "exec", look)
    parent = QLabel()
    qtbot.addWidget(parent)
    dialogs.ask(parent, HOSTILE, HOSTILE, {"cancel": "&Cancel"}, "cancel")
    assert seen == [HOSTILE, HOSTILE]
