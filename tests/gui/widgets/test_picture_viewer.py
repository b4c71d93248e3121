"""A picture is enlarged within the window, and others are one key away."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.picture_viewer import PictureViewer
from gui.widgets.thumbnails import LEAST_LINES, ImageWall


@pytest.fixture
def wall(qtbot: QtBot, tmp_path: Path):
    """A wall of three pictures, the last of them broken, in a window."""
    window = QWidget()
    qtbot.addWidget(window)
    made = ImageWall()
    QVBoxLayout(window).addWidget(made)
    window.resize(600, 400)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(paths[:2]):
        Image.new("RGB", (40, 20), (80 * number, 0, 0)).save(path)
    paths[2].write_bytes(b"broken")
    made.set_images(3, paths.__getitem__, lambda row: f"class\n{row}")
    window.show()
    yield made
    made.shut_down()


def opened(wall: ImageWall, qtbot: QtBot) -> PictureViewer:
    wall.setFocus()
    wall.setCurrentIndex(wall.images.index(0))
    qtbot.keyClick(wall, Qt.Key.Key_Return)
    viewer = wall.window().findChild(PictureViewer)
    assert isinstance(viewer, PictureViewer)
    return viewer


def test_that_arrows_go_from_picture_to_picture_and_escape_goes_back(
    wall: ImageWall, qtbot: QtBot
) -> None:
    viewer = opened(wall, qtbot)
    assert viewer.isVisible()
    assert viewer.geometry() == wall.window().rect()
    qtbot.waitUntil(lambda: viewer.picture.has_image)
    assert viewer._caption.whole == "class, 0"
    assert not viewer.back.isEnabled()
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: viewer.picture.has_image)
    assert (viewer.at, viewer._name.whole, viewer._place.text()) == (1, "1.png", "2 of 3")
    qtbot.keyClick(viewer, Qt.Key.Key_End)
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.at == 2
    qtbot.waitUntil(viewer._problem.isVisible)
    wall.window().resize(700, 500)
    assert viewer.size() == wall.window().size()
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert wall.currentIndex().row() == 2
    assert opened(wall, qtbot) is viewer


def test_that_it_closes_with_what_it_was_opened_from(wall: ImageWall, qtbot: QtBot) -> None:
    viewer = opened(wall, qtbot)
    wall.hide()
    assert not viewer.isVisible()


def test_that_tab_stays_within_it(wall: ImageWall, qtbot: QtBot) -> None:
    viewer = opened(wall, qtbot)
    viewer.activateWindow()
    for _ in range(6):
        viewer.focusNextPrevChild(True)
        focus = wall.window().focusWidget()
        assert focus is viewer or viewer.isAncestorOf(focus)


def test_that_ctrl_and_the_wheel_zoom_and_columns_share_the_width(
    wall: ImageWall, qtbot: QtBot
) -> None:
    def turned(up: bool) -> None:
        place = QPointF(9, 9)
        turn = QWheelEvent(
            *(place, place, QPoint(), QPoint(0, 120 if up else -120)),
            *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier),
            *(Qt.ScrollPhase.NoScrollPhase, False),
        )
        QApplication.sendEvent(wall.viewport(), turn)

    before, side = wall.lines, wall.images.loader.side
    with qtbot.waitSignal(wall.zoomed):
        turned(up=True)
    assert wall.lines == before + 1
    assert wall.images.loader.side > side
    columns = (wall.viewport().width() - 1) // wall.gridSize().width()
    assert (wall.viewport().width() - 1) - columns * wall.gridSize().width() < columns
    for _ in range(30):
        turned(up=False)
    assert wall.lines == LEAST_LINES
