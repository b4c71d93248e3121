"""Try it: images come by drop, dialog and clipboard; answers come from a real process."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from core.readers.answers import classifier_stage, read_answers, read_test_rows
from core.run.folder import RunFolder
from gui.outcome.table import Bar
from gui.pages.results.try_it import TryIt
from gui.pages.results.why import weights_of, words_of
from tests.helpers.worlds import draw_pictures

pytestmark = pytest.mark.usefixtures("warm")

_LONG_MS = 90_000


@pytest.fixture
def try_it(qtbot: QtBot):
    made = TryIt()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    yield made
    made.shut_down()


@pytest.fixture
def asked(try_it: TryIt, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str]]:
    """Questions that were asked; no process answers them."""
    found: list[tuple[Path, str]] = []
    monkeypatch.setattr(
        try_it.predictor, "ask", lambda run, image, stage, unknown: found.append((image, stage))
    )
    try_it.show_classifier(Path("run"), "a-stage")
    return found


@pytest.fixture
def image(tmp_path: Path) -> Path:
    draw_pictures(tmp_path / "pictures", 1, seed=5, label="red")
    return next((tmp_path / "pictures").iterdir())


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget, data: QMimeData) -> QDropEvent:
    """What a window system sends."""
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    entered = QDragEnterEvent(QPoint(9, 9), *args, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, entered)
    assert entered.isAccepted()
    event = QDropEvent(QPointF(9, 9), *args, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    return event


def answers(try_it: TryIt) -> list[str]:
    return [try_it.list.item(row).text() for row in range(try_it.list.count())]


def bars(try_it: TryIt) -> dict[str, float]:
    model = try_it.table.texts
    cells = ((model.cell(row, 0), model.cell(row, 1)) for row in range(model.rowCount()))
    return {str(name): bar.share for name, bar in cells if isinstance(bar, Bar)}


def test_that_a_dropped_image_gets_its_classes_with_probabilities(
    try_it: TryIt, undisturbed: RunFolder, qtbot: QtBot, tmp_path: Path
) -> None:
    known = read_answers(undisturbed, read_test_rows(undisturbed), "base", 0)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    try_it.show_classifier(undisturbed.path, classifier_stage(undisturbed, "base", 0).name)
    try_it.on_shown()
    assert try_it.bar.isVisible()
    assert "takes some seconds" in try_it.words.text()
    assert drop(try_it.zone, files(known.path(0), broken)).isAccepted()
    qtbot.waitUntil(lambda: all(tried.is_answered for tried in try_it.tried), timeout=_LONG_MS)
    assert not try_it.bar.isVisible()
    said = known.classes[int(known.predicted[0])]
    assert answers(try_it)[0].startswith(f"{known.path(0).name}: {said}, ")
    found = bars(try_it)
    assert max(found, key=lambda name: found[name]) == said
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    qtbot.waitUntil(lambda: try_it.picture.has_image)
    try_it.list.setCurrentRow(1)
    assert "broken.png can't be classified" in try_it.problem.text()
    other = classifier_stage(undisturbed, "distilled", 0).name
    try_it.show_classifier(undisturbed.path, other)
    assert answers(try_it)[0].endswith(": …")
    qtbot.waitUntil(lambda: all(tried.is_answered for tried in try_it.tried), timeout=_LONG_MS)


def test_that_a_run_that_is_gone_is_said_in_words(
    try_it: TryIt, image: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    try_it.show_classifier(tmp_path / "nowhere", "a-stage")
    try_it.take([image])
    qtbot.waitUntil(lambda: try_it.tried[0].is_answered, timeout=_LONG_MS)
    assert "is not a run folder" in try_it.problem.text()
    assert answers(try_it) == [f"{image.name}: no answer"]


def test_that_the_process_ends_some_time_after_the_page_was_left(
    try_it: TryIt, undisturbed: RunFolder, qtbot: QtBot
) -> None:
    try_it.show_classifier(undisturbed.path, classifier_stage(undisturbed, "base", 0).name)
    try_it.on_shown()
    assert try_it.predictor.is_running
    try_it.on_hidden()
    try_it.on_shown()
    assert not try_it._ending.isActive()
    try_it._ending.setInterval(1)
    try_it.on_hidden()
    qtbot.waitUntil(lambda: not try_it.predictor.is_running)


def test_that_browsing_is_as_good_as_dropping(
    try_it: TryIt, asked, image: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(image)], ""))
    try_it.zone.setFocus()
    qtbot.keyClick(try_it.zone, Qt.Key.Key_Return)
    assert asked == [(image, "a-stage")]


def test_that_copied_files_can_be_pasted(try_it: TryIt, asked, image: Path, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(files(image))
    qtbot.keyClick(try_it.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert asked == [(image, "a-stage")]


def test_that_a_copied_picture_can_be_pasted(try_it: TryIt, asked) -> None:
    picture = QImage(20, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(picture)
    try_it.zone.paste()
    assert QImage(str(asked[0][0])).size() == picture.size()
    assert answers(try_it) == ["Pasted image 1.png: …"]


def test_that_a_picture_from_a_browser_can_be_dropped(try_it: TryIt, asked) -> None:
    data = QMimeData()
    picture = QImage(20, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("blue"))
    data.setImageData(picture)
    drop(try_it.zone, data)
    assert QImage(str(asked[0][0])).pixelColor(3, 3) == QColor("blue")


def test_that_an_empty_clipboard_is_said(try_it: TryIt, asked) -> None:
    QGuiApplication.clipboard().clear()
    try_it.zone.paste()
    assert try_it.problem.text() == "There is no image on the clipboard."
    assert not asked


def test_that_only_so_many_images_are_tried_at_once(try_it: TryIt, asked, image: Path) -> None:
    try_it.take([image] * 500)
    assert len(asked) == 200
    assert try_it.problem.text() == "There are more: the first 200 images are tried."


def test_that_another_run_forgets_what_was_tried(try_it: TryIt, asked, image: Path) -> None:
    try_it.take([image])
    try_it.show_classifier(Path("another"), "a-stage")
    assert not try_it.tried
    assert not answers(try_it)


def test_that_which_parts_decided_is_shown_in_the_picture(
    try_it: TryIt, undisturbed: RunFolder, image: Path, qtbot: QtBot
) -> None:
    try_it.show_classifier(undisturbed.path, classifier_stage(undisturbed, "base", 0).name)
    assert try_it.why.isHidden()
    try_it.take([image, image])
    try_it.why.ask_when_shown()
    qtbot.waitUntil(
        lambda: try_it.why.words.text().startswith(("Without the clearest", "No single part")),
        timeout=_LONG_MS,
    )
    said = try_it.why.words.text()
    assert try_it.picture.is_veiled is said.startswith("Without")
    # Another example has parts of its own.
    try_it.list.setCurrentRow(1)
    assert try_it.why.words.text() == ""
    assert not try_it.picture.is_veiled


def test_that_the_most_important_part_is_said_and_counts_one() -> None:
    found = {"name": "joy", "share": 0.9, "drops": [0.1, 0.4, -0.2], "words": ["so", "glad", "I"]}
    assert words_of(found) == "Without “glad”, joy falls from 90 % to 50 %."
    assert weights_of([0.1, 0.4, -0.2]) == [0.25, 1.0, 0.0]
    assert weights_of([0.001, 0.0]) == [0.0, 0.0]
    assert words_of({**found, "drops": [0.0, 0.001, 0.0]}).startswith("No single part decided")
