"""The style: what can't be used looks so, controls are of one height, focus can be seen."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QImage
from PySide6.QtWidgets import QComboBox, QLineEdit, QProgressBar, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Look, Motion, theme
from gui.theme.fonts import FONTS
from gui.widgets.basics import button, label, set_role, tool
from gui.widgets.drop_zone import DropZone

LOOKS = (Look.LIGHT, Look.DARK, Look.HIGH_CONTRAST)


@pytest.fixture(autouse=True)
def look_of_the_system(qapp: object) -> Iterator[None]:
    """As it was before."""
    yield
    theme().apply(Look.SYSTEM)


def painted(widget: QWidget) -> QImage:
    """The widget as it is seen."""
    widget.ensurePolished()
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def has_colour(image: QImage, colour: QColor) -> bool:
    """Whether any pixel has exactly that colour."""
    pixels = memoryview(image.constBits()).cast("B").cast("I")
    return colour.rgb() in set(pixels)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("role", "ink"), [("primary", "accent"), ("danger", "bad"), ("", "edge")])
def test_that_a_button_that_is_off_looks_so(qtbot: QtBot, look: Look, role: str, ink: str) -> None:
    made = button("Discard", lambda: None, role=role)
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    theme().apply(look)
    assert has_colour(painted(made), theme().colour(ink))
    made.setEnabled(False)
    off = painted(made)
    assert has_colour(off, theme().colour("disabled"))
    if role:
        assert not has_colour(off, theme().colour(ink))
        assert not has_colour(off, theme().colour("text"))


def test_that_buttons_and_fields_are_of_one_height(qtbot: QtBot) -> None:
    plain, icons = (
        button("Folder …", lambda: None),
        button("File", lambda: None, icon_name="folder"),
    )
    made = [plain, icons, tool("Close", "close", lambda: None)]
    made += [QLineEdit(), QComboBox(), QSpinBox()]
    made.append(button("Start", lambda: None, role="primary"))
    for each in made:
        qtbot.addWidget(each)
    assert len({each.sizeHint().height() for each in made}) == 1


def test_that_the_keyboard_is_seen_on_a_zone(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    zone = DropZone("Images", "Drop a folder.", "image", window)
    zone.resize(300, 200)
    window.resize(320, 220)
    window.show()
    qtbot.waitUntil(window.isVisible)
    window.activateWindow()
    zone.clearFocus()
    before = painted(zone)
    zone.setFocus()
    qtbot.waitUntil(zone.hasFocus)
    assert painted(zone) != before


def test_that_a_label_takes_another_role_and_another_look(qtbot: QtBot) -> None:
    made = label("Memory", "warn", wrap=False)
    qtbot.addWidget(made)
    made.resize(made.sizeHint() + QSize(8, 8))
    theme().apply(Look.LIGHT)
    assert made.palette().windowText().color() == theme().colour("warn")
    theme().apply(Look.DARK)
    assert made.palette().windowText().color() == theme().colour("warn")
    set_role(made, "")
    painted(made)
    assert made.palette().windowText().color() == theme().colour("text")


def test_that_an_endless_bar_moves_unless_nothing_shall(qtbot: QtBot) -> None:
    bar = QProgressBar()
    qtbot.addWidget(bar)
    bar.setTextVisible(False)
    bar.setRange(0, 0)
    bar.resize(200, 20)
    bar.show()
    theme().move(Motion.REDUCED)
    still = painted(bar)
    qtbot.wait(60)
    assert painted(bar) == still
    theme().move(Motion.FULL)
    moving = painted(bar)
    qtbot.waitUntil(lambda: painted(bar) != moving)
    theme().move(Motion.REDUCED)
    # Slim: most of its room is left to the ground.
    assert painted(bar).pixelColor(QPoint(100, 2)) == painted(bar).pixelColor(QPoint(1, 1))


def test_that_the_bundled_font_is_used_with_figures_of_one_width(qapp: object) -> None:
    assert QFontInfo(theme().font()).family() == "Inter"
    for font in (theme().font(), theme().font(1.7, bold=True)):
        metrics = QFontMetrics(font)
        assert len({metrics.horizontalAdvance(figure * 9) for figure in "0123456789"}) == 1
    assert theme().font(bold=True).weight() > theme().font().weight()
    names = {file.name for file in FONTS.iterdir()}
    assert {"OFL.txt", "README.md", "Inter-Regular.ttf", "Inter-SemiBold.ttf"} <= names
