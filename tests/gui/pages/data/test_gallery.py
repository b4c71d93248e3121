"""Pictures of the data: mixed, larger or smaller, enlarged, selected; and what is said of them."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from core.data.read_me import is_read_me
from gui.frame.window import MainWindow
from gui.pages.data.page import DataPage
from gui.state.findings import Findings
from gui.widgets.picture_viewer import PictureViewer
from tests.core.images.data.pictures import encoded, picture, put

WAIT_MS = 60_000


@pytest.fixture
def page(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPage:
    """The page of a new run, in front."""
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path / "cache"))
    window.new_run()
    found = window.page("data")
    assert isinstance(found, DataPage)
    return found


def classes(folder: Path, *, split: str = "", first: int = 0) -> Path:
    for number, name in enumerate(("cat", "dog")):
        for index in range(8):
            put(folder / split / name / f"{index}.png", first + 100 * number + index)
    return folder


def scanned(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.findings is not None, timeout=WAIT_MS)


def test_that_classes_alternate_in_proportion_and_always_alike() -> None:
    label = np.repeat(np.array([0, 1, -1], np.int32), [60, 20, 120])
    none = np.empty(0, np.int64)
    found = Findings(
        {}, none.astype(np.uint8), np.arange(200), none, label, none, none, np.zeros(200, np.int64)
    )
    order = found.mixed(np.arange(200))
    assert sorted(order) == list(range(200))
    assert np.array_equal(order, found.mixed(np.arange(200)))
    for start in range(0, 200, 50):
        counts = [int((label[order[start : start + 50]] == each).sum()) for each in (0, 1, -1)]
        assert counts == pytest.approx([15, 5, 30], abs=2)
    assert list(found.mixed(np.array([7]))) == [7]
    assert not len(found.mixed(none))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("README.md", True), ("LICENSE", True), ("Citation.cff", True), ("readings.txt", False)],
)
def test_that_files_about_the_data_are_known(name: str, is_one: bool) -> None:
    assert is_read_me(name) is is_one


def test_that_pictures_come_first_and_are_mixed_zoomed_and_enlarged(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = classes(tmp_path / "animals")
    (folder / "README.md").write_text("Cats and dogs.")
    page.add([folder], True)
    scanned(window, qtbot)
    examples = page.examples
    qtbot.waitUntil(examples.isVisible)
    wall = examples.wall
    shown = [wall.images.path(row).parent.name for row in range(8)]
    assert set(shown) == {"cat", "dog"}
    examples.filters.order.setCurrentIndex(1)
    examples.filters.order.activated.emit(1)
    assert {wall.images.path(row).parent.name for row in range(8)} == {"cat"}
    examples.zoom.setValue(12)
    assert wall.lines == 12
    wall.setCurrentIndex(wall.images.index(0))
    qtbot.keyClick(wall, Qt.Key.Key_Return)
    viewer = window.findChild(PictureViewer)
    assert isinstance(viewer, PictureViewer)
    assert viewer.isVisible()
    window.show_page("model")
    assert not viewer.isVisible()
    # A read-me is no finding.
    tops = [page.health.tree.topLevelItem(at) for at in range(page.health.tree.topLevelItemCount())]
    assert not any("passed over" in top.text(0) for top in tops)


def test_that_selected_pictures_are_left_out_and_come_back(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.add([classes(tmp_path / "animals")], True)
    scanned(window, qtbot)
    wall = page.examples.wall
    assert not page.examples._chosen_ones.isVisible()
    for row in (0, 3):
        flag = QItemSelectionModel.SelectionFlag.Select
        wall.selectionModel().select(wall.images.index(row), flag)
    assert page.examples._number.text() == "2 selected"
    gone = set(wall.selected)
    page.examples.leave_out.click()
    scanned(window, qtbot)
    qtbot.waitUntil(lambda: wall.images.rowCount() == 14, timeout=WAIT_MS)
    assert not gone & {wall.images.path(row) for row in range(14)}
    window.session.undo.undo()
    qtbot.waitUntil(lambda: wall.images.rowCount() == 16, timeout=WAIT_MS)


@pytest.mark.slow
def test_that_other_labeled_data_say_what_they_replaced(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    first = classes(tmp_path / "animals")
    page.add([first], True)
    scanned(window, qtbot)
    assert not page.replaced.isVisible()
    page.add([classes(tmp_path / "pets", first=500)], True)
    qtbot.waitUntil(page.replaced.isVisible, timeout=WAIT_MS)
    assert page.replaced.words.text().startswith("pets took the place of animals")
    page.replaced.back.click()
    assert window.session.draft.data.labeled == str(first)
    assert not page.replaced.isVisible()
    scanned(window, qtbot)


@pytest.mark.slow
def test_that_a_test_folder_leaves_nothing_to_hold_out(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = classes(classes(tmp_path / "animals", split="train"), split="test", first=300)
    page.add([folder], True)
    scanned(window, qtbot)
    assert not page.decisions._test.isEnabled()
    assert "test split of their own" in page.decisions._test.toolTip()
    assert page.decisions._val.isEnabled()
    page.add([classes(tmp_path / "pets", first=600)], True)
    qtbot.waitUntil(page.decisions._test.isEnabled, timeout=WAIT_MS)


@pytest.mark.slow
def test_that_health_tells_what_is_up_to_the_user(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = classes(tmp_path / "animals")
    (folder / "cat" / "broken.png").write_bytes(encoded(picture(7), "PNG")[:200])
    page.add([folder], True)
    scanned(window, qtbot)
    assert page.health._verdict.text() == "Training handles all of this by itself."
    # One picture with two labels is nothing that a program can decide.
    put(folder / "dog" / "odd.png", 3)
    page.add([folder], True)
    page._scan()
    qtbot.waitUntil(lambda: "decision" in page.health._verdict.text(), timeout=WAIT_MS)
    words = page.health._verdict.text()
    assert words == "One finding needs your decision. Training handles the rest by itself."


@pytest.mark.slow
def test_that_the_folder_dialog_begins_where_the_last_one_ended(
    window: MainWindow, page: DataPage, tmp_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    asked: list[tuple[str, Path | None]] = []
    folder = classes(tmp_path / "animals")
    choose = "gui.widgets.dialogs.choose_folder"
    monkeypatch.setattr(choose, lambda _, title, start: asked.append((title, start)) or folder)
    page._browse(True)
    scanned(window, qtbot)
    page._browse(False)
    assert asked == [
        ("Choose a folder of labeled images or texts", None),
        ("Choose a folder of unlabeled images", tmp_path),
    ]
    scanned(window, qtbot)
