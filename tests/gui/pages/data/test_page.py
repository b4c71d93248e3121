"""The data page on real folders: dropped, read, decided, undone."""

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.frame.window import MainWindow
from gui.pages.data.classes import ClassModel
from gui.pages.data.page import DataPage
from gui.pages.page import Step
from tests.core.images.data.pictures import encoded, picture, put

WAIT_MS = 60_000


def dropped(target: QWidget, mime: QMimeData) -> bool:
    """Drag something over a widget and let it go; whether it was taken."""
    action, button, key = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entered = QDragEnterEvent(QPoint(5, 5), action, mime, button, key)
    QApplication.sendEvent(target, entered)
    if not entered.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, mime, button, key))
    return True


def files(*paths: Path) -> QMimeData:
    """Files as a file manager drags them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch) -> DataPage:
    """The page of a new run, in front."""
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    return found


@pytest.fixture
def labeled(tmp_path: Path) -> Path:
    """Two classes of different size, with a damaged file, a copy and a hidden file."""
    folder = tmp_path / "labeled"
    for index in range(12):
        put(folder / "cat" / f"{index}.png", index)
    for index in range(3):
        put(folder / "dog" / f"{index}.png", 100 + index)
    put(folder / "cat" / "copy of 1.png", 1)
    (folder / "dog" / "broken.png").write_bytes(encoded(picture(7), "PNG")[:200])
    (folder / "dog" / "._3.png").write_bytes(b"x")
    return folder


def scanned(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until a scan is complete."""
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=WAIT_MS)


def test_that_dropped_folders_are_told_apart_and_said(
    window: MainWindow, page: DataPage, labeled: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    for index in range(5):
        put(tmp_path / "more" / "deep" / f"{index}.png", 200 + index)
    assert dropped(page, files(tmp_path / "more", labeled))
    qtbot.waitUntil(lambda: not window.primary.isEnabled())
    scanned(window, qtbot)
    assert page.unlabeled.paths == [tmp_path / "more"]
    assert page.labeled.paths == [labeled]
    assert page.step() is Step.DONE
    qtbot.waitUntil(window.primary.isEnabled)
    assert "16 images in 2 class folders; no test folder: 20 % held out" in page._summary.text()
    wall = page.examples.wall.images
    assert wall.rowCount() == 21
    page.examples.filters.which.setCurrentText("dog")
    page.examples.filters.which.activated.emit(0)
    assert wall.rowCount() == 3
    assert wall.path(0).parent == labeled / "dog"
    assert wall.index(0).data().startswith("dog, ")


def test_that_the_health_report_names_every_file(
    window: MainWindow, page: DataPage, labeled: Path, qtbot: QtBot
) -> None:
    dropped(page.labeled, files(labeled))
    scanned(window, qtbot)
    tree = page.health.tree
    tops = [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
    words = " | ".join(top.text(0) for top in tops)
    assert "1 file can't be used" in words
    assert "1 file is a copy of another" in words
    assert "Classes differ in size: 13 of cat, 3 of dog" in words
    bad = tops[0].child(0)
    assert bad.text(0) == "dog/broken.png"
    assert bad.text(1)
    tree.setCurrentItem(bad)
    assert page.health._current_file() == labeled / "dog" / "broken.png"
    assert page.health._show.isEnabled()
    assert page.tabs.tabText(2) == "Heal&th (2)"


def test_that_decisions_are_changed_and_undone(
    window: MainWindow, page: DataPage, labeled: Path, qtbot: QtBot
) -> None:
    dropped(page.labeled, files(labeled))
    scanned(window, qtbot)
    page.decisions._test.setValue(40)
    scanned(window, qtbot)
    qtbot.waitUntil(lambda: "40 % held out" in page._summary.text(), timeout=WAIT_MS)
    window.session.undo.undo()
    qtbot.waitUntil(lambda: "20 % held out" in page._summary.text(), timeout=WAIT_MS)
    assert page.decisions._test.value() == 20
    page.decisions._on_role(str(labeled), 0)
    assert window.session.draft.data.unlabeled == (str(labeled),)
    assert window.session.draft.data.labeled is None
    qtbot.waitUntil(lambda: "unlabeled" in page._summary.text(), timeout=WAIT_MS)
    window.session.undo.undo()
    window.session.undo.undo()
    assert window.session.draft.data.labeled is None
    assert not page.labeled.paths
    assert not page.tabs.isVisible()


@pytest.mark.slow
def test_that_a_zip_file_is_taken_like_a_folder(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for label in ("cat", "dog"):
            for index in range(4):
                name = f"set/{label}/{index}.png"
                archive.writestr(name, encoded(picture(index + 9 * (label == "dog")), "PNG"))
    dropped(page, files(tmp_path / "set.zip"))
    scanned(window, qtbot)
    assert page.labeled.paths
    assert "8 images in 2 class" in page._summary.text()


@pytest.mark.slow
def test_that_what_can_not_be_used_is_refused_in_words(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.png")])
    assert not dropped(page.unlabeled, mime)
    assert "another computer or in the browser" in window.notices.texts()[-1]
    (tmp_path / "empty").mkdir()
    dropped(page.unlabeled, files(tmp_path / "empty"))
    qtbot.waitUntil(lambda: page._problem != "", timeout=WAIT_MS)
    assert page.step() is Step.ATTENTION
    assert any("There is no image in" in text for text in window.notices.texts())
    assert not window.primary.isEnabled()


def test_that_zones_work_by_keyboard(
    window: MainWindow, page: DataPage, labeled: Path, qtbot: QtBot, monkeypatch
) -> None:
    asked: list[str] = []
    choose = "gui.widgets.dialogs.choose_folder"
    monkeypatch.setattr(choose, lambda *_: asked.append("folder") or labeled)
    # Empty, the page is one large place to drop something on; then what was found has the room.
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: page.labeled.height() > page.height() / 2)
    page.labeled.setFocus()
    qtbot.keyClick(page.labeled, Qt.Key.Key_Return)
    assert asked == ["folder"]
    scanned(window, qtbot)
    qtbot.waitUntil(lambda: page.labeled.height() < page.height() / 5)
    assert page.unlabeled.height() == page.labeled.height()
    assert page.tabs.height() > page.height() / 2
    QApplication.clipboard().setMimeData(files(labeled / "dog"))
    qtbot.keyClick(page.unlabeled, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.unlabeled.paths == [labeled / "dog"], timeout=WAIT_MS)
    scanned(window, qtbot)


def test_that_a_scan_can_be_cancelled_and_nothing_is_stuck(
    window: MainWindow, page: DataPage, labeled: Path, qtbot: QtBot
) -> None:
    dropped(page.labeled, files(labeled))
    qtbot.waitUntil(lambda: page._scanner._scanning.is_busy, timeout=WAIT_MS)
    page._busy._cancel()
    qtbot.waitUntil(lambda: not page._scanner.is_busy, timeout=WAIT_MS)
    assert page._busy.isHidden()
    assert window.session.findings is None or page.step() is Step.DONE


def test_that_class_rows_keep_the_rules_of_qt(qapp: object) -> None:
    model = ClassModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_classes([{"name": "a", "train": 1, "val": 0, "test": 3}])
    assert [model.index(0, column).data() for column in range(5)] == ["a", "1", "0", "3", "100.0 %"]
    assert not model.has_validation
