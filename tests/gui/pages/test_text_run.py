"""A finished run on texts in the window: what the model saw, mistakes, cells, trying, the card."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.run.folder import RunFolder
from gui.frame.window import MainWindow
from gui.pages.library.page import LibraryPage
from gui.pages.results.page import ResultsPage
from gui.pages.train.page import TrainPage
from tests.gui.pages.results.conftest import settled
from tests.gui.test_accessible import controls, spoken_name

pytestmark = pytest.mark.usefixtures("warm")

WAIT_MS = 90_000


@pytest.fixture
def run(text_run: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it in the folder of runs."""
    shutil.copytree(text_run.path, tmp_path / "runs" / "words")
    return RunFolder(tmp_path / "runs" / "words")


@pytest.fixture
def opened(window: MainWindow, run: RunFolder, qtbot: QtBot) -> MainWindow:
    """The window with the run, on its results."""
    window.resize(1200, 760)
    window.open_run(run.path)
    page = window.page("results")
    assert isinstance(page, ResultsPage)
    qtbot.waitUntil(lambda: settled(page), timeout=WAIT_MS)
    return window


@pytest.mark.slow
def test_that_hidden_words_and_guesses_are_read_without_colour(
    opened: MainWindow, qtbot: QtBot
) -> None:
    opened.show_page("train")
    page = opened.page("train")
    assert isinstance(page, TrainPage)
    view = page.previews.guesses
    qtbot.waitUntil(lambda: "Text 1 of 6" in view.toPlainText(), timeout=WAIT_MS)
    words = view.toPlainText()
    assert "✓" in words or "✗" in words
    assert "[" in words
    assert " %" in words
    assert "hidden words guessed" in page.previews.caption.whole
    assert view.accessibleDescription() == page.previews.caption.whole
    assert "texts/s" in page.head.numbers.whole
    assert view.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_mistakes_and_cells_list_their_texts(opened: MainWindow, qtbot: QtBot) -> None:
    page = opened.page("results")
    assert isinstance(page, ResultsPage)
    assert "on 12 test texts" in page.sentence.text()
    page.tabs.setCurrentWidget(page.mistakes)
    answers = page.mistakes._answers
    assert answers is not None
    wrong = int((answers.targets != answers.predicted).sum())
    shown = page.mistakes.examples.list.texts
    qtbot.waitUntil(lambda: shown.rowCount() == wrong, timeout=WAIT_MS)
    if wrong:
        assert shown.item(0).text.startswith("the ")
        assert shown.item(0).name.startswith("test.jsonl:")
        assert " → " in shown.item(0).caption
    page.tabs.setCurrentWidget(page.confusion)
    row, column = int(answers.targets[0]), int(answers.predicted[0])
    page.confusion._go_to(row, column)
    cell = page.confusion.examples.list.texts
    count = len(answers.cell(row, column))
    qtbot.waitUntil(lambda: cell.rowCount() == count, timeout=WAIT_MS)
    assert page.confusion.view.matrix.words(row, column).count("text") == 1


def test_that_typed_and_dropped_texts_get_their_classes(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    page = opened.page("results")
    assert isinstance(page, ResultsPage)
    page.tabs.setCurrentWidget(page.try_it)
    try_it = page.try_it
    assert not try_it.zone.isVisible()
    try_it.text_zone.setFocus()
    QApplication.clipboard().setText("the apple is green")
    try_it._paste()
    qtbot.keyClick(try_it.text_zone, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (tmp_path / "note.txt").write_text("the sea is very green", encoding="utf-16")
    (tmp_path / "table.csv").write_text("a,b", encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("note.txt", "table.csv")])
    assert try_it.text_zone.canInsertFromMimeData(mime)
    try_it.text_zone.insertFromMimeData(mime)
    qtbot.waitUntil(lambda: all(tried.is_answered for tried in try_it.tried), timeout=WAIT_MS)
    typed, dropped, table = try_it.tried
    assert typed.words.startswith("“the apple is green”: ")
    assert len(typed.probabilities) == 3
    assert dropped.text == "the sea is very green"
    assert dropped.words.startswith("note.txt: ")
    assert "no plain text file" in table.problem
    try_it.list.setCurrentRow(1)
    assert try_it.text.toPlainText() == "the sea is very green"
    assert try_it.table.texts.rowCount() == 3


@pytest.mark.slow
def test_that_the_card_of_the_run_shows_a_text(opened: MainWindow, run: RunFolder, qtbot) -> None:
    opened.show_page("library")
    page = opened.page("library")
    assert isinstance(page, LibraryPage)

    def excerpt() -> str:
        card = page.shelf.card(run.path)
        return card.summary.excerpt if card is not None and card.summary is not None else ""

    qtbot.waitUntil(lambda: excerpt().startswith("the "), timeout=WAIT_MS)


@pytest.mark.slow
def test_that_every_control_of_the_text_pages_has_a_name(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    opened.show_page("data")
    qtbot.waitUntil(lambda: opened.session.findings is not None, timeout=WAIT_MS)
    nameless = []
    for key in ("data", "model", "train", "results", "export"):
        opened.show_page(key)
        qtbot.wait(200)  # pages fill themselves from threads; there is no one signal for all
        page = opened.page(key)
        if isinstance(page, ResultsPage):
            page.tabs.setCurrentWidget(page.try_it)
        nameless += [
            f"{key}: {type(widget).__name__}"
            for widget in controls(page)
            if not spoken_name(widget).strip() and type(widget).__name__ != "QTabBar"
        ]
    assert nameless == []
