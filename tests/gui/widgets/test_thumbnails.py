"""Walls of thumbnails: any number of images, only what is looked at is read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.images.about import MODALITY
from gui.widgets import thumbnail_loader
from gui.widgets.thumbnail_loader import ThumbnailLoader, thumbnail
from gui.widgets.thumbnails import ImageWall
from gui.words.modality import file_filter
from tests.core.images.data.odd_files import dicom, heic


@pytest.fixture
def wall(qtbot: QtBot):
    made = ImageWall()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    yield made
    made.shut_down()


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(paths):
        Image.new("RGB", (40, 20), (80 * number, 0, 0)).save(path)
    return paths


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toLocalFile()))
    return found


def test_that_of_a_hundred_thousand_images_only_those_in_view_are_read(
    wall: ImageWall, images: list[Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    real = thumbnail_loader.thumbnail
    monkeypatch.setattr(
        thumbnail_loader,
        "thumbnail",
        lambda path, side: (read.append(path), real(images[0], side))[1],
    )
    wall.set_images(100_000, lambda row: Path(f"{row}.png"), str)
    qtbot.waitUntil(lambda: len(read) > 10 and not wall.images.loader._at_work)
    assert len(read) < 200
    assert Path("50000.png") not in read
    qtbot.waitUntil(lambda: wall.verticalScrollBar().maximum() > 100_000)
    wall.scrollTo(wall.images.index(50_000))
    qtbot.waitUntil(lambda: Path("50000.png") in read)
    assert len(read) < 400


def test_that_broken_and_missing_files_have_a_sign(
    wall: ImageWall, images: list[Path], qtbot: QtBot, tmp_path: Path
) -> None:
    images[1].write_bytes(b"broken")
    images[2].unlink()
    wall.set_images(3, images.__getitem__, str)
    qtbot.waitUntil(lambda: len(wall.images._kept) == 3)
    assert wall.images._broken == set(images[1:])


def test_that_the_model_keeps_the_rules_of_qt(
    wall: ImageWall, images: list[Path], qtbot: QtBot
) -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(wall.images, mode)
    wall.set_images(3, images.__getitem__, str)
    qtbot.waitUntil(lambda: len(wall.images._kept) == 3)
    wall.set_images(0, images.__getitem__, str)
    del tester


def test_that_an_image_says_its_name_and_caption(wall: ImageWall, images: list[Path]) -> None:
    wall.set_images(3, images.__getitem__, lambda row: f"caption {row}")
    index = wall.images.index(1)
    assert index.data() == "caption 1"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "1.png, caption 1"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == str(images[1])


def test_that_of_images_wished_at_once_the_first_is_read_first(
    images: list[Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = thumbnail_loader.thumbnail
    monkeypatch.setattr(thumbnail_loader, "_THREADS", 1)
    monkeypatch.setattr(
        thumbnail_loader,
        "thumbnail",
        lambda path, side: (read.append(path.name), real(images[0], side))[1],
    )
    loader = ThumbnailLoader(50)
    for name in "abc":
        loader.want(Path(name))
    QApplication.processEvents()
    for name in "de":
        loader.want(Path(name))
    qtbot.waitUntil(lambda: len(read) == 5)
    assert read[0] == "a"
    assert read.index("d") < read.index("e")
    loader.shut_down()


def test_that_enter_opens_an_image_without_another_program(
    wall: ImageWall, images: list[Path], opened: list[str], qtbot: QtBot
) -> None:
    wall.set_images(3, images.__getitem__, str)
    wall.setCurrentIndex(wall.images.index(2))
    with qtbot.waitSignal(wall.opened) as signal:
        qtbot.keyClick(wall, Qt.Key.Key_Return)
    assert signal.args == [images[2]]
    assert opened == []


def test_that_the_menu_shows_the_folder_and_copies_the_path(
    wall: ImageWall, images: list[Path], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The offscreen platform complains about menus on the screen.
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)
    wall.set_images(3, images.__getitem__, str)
    wall.setCurrentIndex(wall.images.index(1))
    reason = QContextMenuEvent.Reason.Keyboard
    place = wall.mapToGlobal(QPoint(5, 5))
    QApplication.sendEvent(wall.viewport(), QContextMenuEvent(reason, QPoint(5, 5), place))
    menu = wall.findChildren(QMenu)[-1]
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == str(images[1])
    actions["Show in folder"].trigger()
    assert opened == [str(images[1].parent)]


def test_that_small_pictures_are_enlarged_in_whole_steps(images: list[Path]) -> None:
    image = thumbnail(images[2], 100)
    assert (image.width(), image.height()) == (80, 40)


def test_that_orientation_is_honoured(tmp_path: Path) -> None:
    picture = Image.new("RGB", (200, 100))
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.jpg", exif=exif)
    image = thumbnail(tmp_path / "turned.jpg", 100)
    assert (image.width(), image.height()) == (50, 100)


def test_that_pictures_qt_can_not_read_are_shown_as_training_reads_them(
    wall: ImageWall, tmp_path: Path, qtbot: QtBot
) -> None:
    dark_to_light = np.linspace(0, 4000, 64 * 64).astype(np.uint16).reshape(64, 64)
    (tmp_path / "IM0001").write_bytes(dicom(dark_to_light, WindowCenter=2000, WindowWidth=2000))
    (tmp_path / "phone.heic").write_bytes(heic(Image.new("RGB", (64, 32), "red"), orientation=6))
    image = thumbnail(tmp_path / "IM0001", 64)
    assert (image.pixelColor(0, 0).red(), image.pixelColor(63, 63).red()) == (0, 255)
    image = thumbnail(tmp_path / "phone.heic", 64)
    assert (image.width(), image.height()) == (32, 64)
    assert image.pixelColor(16, 32).red() > 240
    found: dict[str, QImage] = {}
    wall.images.loader.loaded.connect(lambda path, image: found.setdefault(path.name, image))
    paths = [tmp_path / "IM0001", tmp_path / "phone.heic"]
    wall.set_images(2, lambda row: paths[row], str)
    qtbot.waitUntil(lambda: len(found) == 2)
    assert not any(image.isNull() for image in found.values())


def test_that_the_dialog_of_files_shows_pictures_of_phones_and_hospitals() -> None:
    patterns = file_filter(MODALITY)
    assert all(f"*{suffix}" in patterns for suffix in (".heic", ".avif", ".dcm", ".tif"))
