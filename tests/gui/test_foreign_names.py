"""A hostile class name is text wherever the window shows it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.frame.window import MainWindow

HOSTILE = "<img src=file:x><b>red"
PAGES = ("library", "data", "model", "plan", "train", "results", "compare", "export")


def hostile_copy(run: RunFolder, folder: Path) -> Path:
    """A finished run whose class `red` has another name."""
    shutil.copytree(run.path, folder)
    names = ("manifest.jsonl", "results.json", "summary.json", "classifier.json")
    for file in (found for name in names for found in folder.rglob(name)):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"red"', f'"{HOSTILE}"'), encoding="utf-8")
    return folder


def test_that_no_widget_takes_a_class_for_rich_text(
    window: MainWindow, undisturbed: RunFolder, tmp_path: Path, qtbot: QtBot
) -> None:
    window.open_run(hostile_copy(undisturbed, tmp_path / "<b>run"))
    seen = 0
    for key in PAGES:
        window.show_page(key)
        qtbot.wait(300)  # pages fill themselves from threads; there is no one signal for all
        for where, text in texts_that_qt_guesses(window):
            if "img src=file:x" in text:
                assert HOSTILE in as_qt_shows(text), f"{key}: {where}: {text}"
                seen += 1
    assert seen


def as_qt_shows(text: str) -> str:
    """What a tool tip or a label shows of a text."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    document = QtGui.QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def texts_that_qt_guesses(window: QWidget) -> Iterator[tuple[str, str]]:
    """Tool tips, and the texts of labels whose format is left to a guess."""
    for widget in [window, *window.findChildren(QWidget)]:
        yield f"tip of {type(widget).__name__}", widget.toolTip()
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            yield f"label {type(widget).__name__}", widget.text()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            for tip in tips_of(widget.model()):
                yield f"cell of {type(widget).__name__}", tip


def tips_of(model: QAbstractItemModel) -> Iterator[str]:
    """Of all cells and headers."""
    role = Qt.ItemDataRole.ToolTipRole
    # A list's own number of columns is private.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(50, model.rowCount())):
        yield str(model.headerData(row, Qt.Orientation.Vertical, role) or "")
        for column in range(columns):
            yield str(model.data(model.index(row, column), role) or "")
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
