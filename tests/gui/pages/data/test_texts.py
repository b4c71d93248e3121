"""Texts on the data page: dropped, told from images, shown, their columns changed."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.widgets.text_list import TextItem, TextListModel
from tests.core.images.data.pictures import put

WAIT_MS = 60_000


def drop(page: DataPage, *paths: Path) -> None:
    """As a file manager does."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    entered = QDragEnterEvent(QPoint(5, 5), *how, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), *how, Qt.KeyboardModifier.NoModifier))


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPage:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    return found


def scanned(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=WAIT_MS)


def choose(box: QComboBox, text: str) -> None:
    """As a person does with the mouse."""
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def test_that_texts_are_told_apart_shown_and_looked_at_by_class(
    window: MainWindow, page: DataPage, texts: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(page, texts / "plain", texts / "labeled")
    scanned(window, qtbot)
    session = window.session
    assert page.unlabeled.paths == [texts / "plain"]
    assert page.labeled.paths == [texts / "labeled"]
    assert (session.modality.name, session.draft.model.name) == ("text", "starter-text")
    assert session.draft.pretrain.mask_ratio == 0.15
    assert "36 labeled texts (24 train, 0 val, 12 test)" in page._summary.text()
    boxes = page.reading.lines.boxes
    # A widget that is put into a layout is shown at the next turn of the event loop.
    qtbot.waitUntil(boxes["data.text_column"].isVisible, timeout=WAIT_MS)
    shown = [boxes[f"data.{key}_column"].currentText() for key in ("text", "label")]
    assert shown == ["text (found)", "label (found)"]
    shown = page.examples.list.texts
    assert shown.rowCount() == 48
    page.examples.filters.which.setCurrentText("fruit")
    page.examples.filters.which.activated.emit(0)
    assert {shown.item(row).caption for row in range(12)} == {"fruit, train", "fruit, test"}
    assert page.examples.filters.count.text() == "12 texts"
    assert page.examples.list.whole.toPlainText() == shown.item(0).text
    qtbot.keyClick(page.examples.list.view, Qt.Key.Key_Down)
    assert page.examples.list.whole.toPlainText() == shown.item(1).text
    assert "texts for pre-training" in window.primary.accessibleDescription()
    # Images do not go with texts: one or the other.
    put(tmp_path / "pictures" / "0.png", 1)
    drop(page, tmp_path / "pictures")
    qtbot.waitUntil(lambda: bool(window.notices.texts()), timeout=WAIT_MS)
    assert "a run learns from one of the two" in window.notices.texts()[-1]
    assert session.draft.data.unlabeled == (str(texts / "plain"),)
    session.undo.undo()
    assert (session.modality.name, session.draft.model.name) == ("images", "starter")


def test_that_columns_are_changed_and_bad_lines_named(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "tickets.csv"
    rows = [f"the pump number {n} is very loud,please look at pump {n},{n % 2}" for n in range(12)]
    table.write_text("\n".join(["subject,body,urgent", *rows, "short"]), encoding="utf-8")
    page.add([table], True)
    scanned(window, qtbot)
    boxes = page.reading.lines.boxes
    assert boxes["data.text_column"].currentText() == "body (found)"
    assert boxes["data.label_column"].currentText() == "none (found)"
    choose(boxes["data.label_column"], "urgent")
    scanned(window, qtbot)
    qtbot.waitUntil(lambda: "12 labeled texts" in page._summary.text(), timeout=WAIT_MS)
    choose(boxes["data.text_column"], "subject")
    qtbot.waitUntil(
        lambda: page.examples.list.texts.item(0).text.startswith("the pump number"), timeout=WAIT_MS
    )
    assert window.session.draft.data.text_column == "subject"
    bad = page.health.tree.topLevelItem(0)
    assert bad is not None
    assert bad.text(0) == "1 text can't be used and is left out"
    assert bad.child(0).text(0) == "tickets.csv:14"


def test_that_rows_of_texts_keep_the_rules_of_qt(qapp: object) -> None:
    model = TextListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_items([TextItem("fruit, train", "the apple is green", "train.jsonl:1")])
    index = model.index(0, 0)
    assert index.data() == "fruit, train"
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "fruit, train: the apple is green"
