"""Colours that can be read, looks that can be switched, icons that take their colour."""

import itertools

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui.theme import Look, icon, theme
from gui.theme.icons import ICONS
from gui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, Colours
from gui.widgets.basics import button

LOOKS = pytest.mark.parametrize(
    "colours", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high"]
)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [channel / 255 for channel in QColor(colour).toTuple()[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@LOOKS
def test_that_text_can_be_read_on_every_ground(colours: Colours) -> None:
    grounds = (colours.window, colours.surface, colours.raised, colours.accent_soft)
    inks = (colours.text, colours.muted, colours.ok, colours.warn, colours.bad)
    for ink, ground in itertools.product(inks, grounds):
        assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@LOOKS
def test_that_curves_borders_and_focus_stand_out(colours: Colours) -> None:
    for ground in (colours.window, colours.surface):
        for line in (*colours.curves, *colours.steps, colours.border, colours.accent):
            assert contrast(line, ground) >= 3, (line, ground)


@LOOKS
def test_that_steps_stand_out_more_and_more(colours: Colours) -> None:
    found = [contrast(step, colours.surface) for step in colours.steps]
    assert found == sorted(found)
    assert all(after / before > 1.15 for before, after in itertools.pairwise(found)), found


def test_that_a_look_changes_at_once_and_tells(qtbot: QtBot) -> None:
    made = button("Press", lambda: None, icon_name="plus")
    qtbot.addWidget(made)
    theme().apply(Look.LIGHT)
    before = made.icon().pixmap(32, 32).toImage()
    with qtbot.waitSignal(theme().changed):
        theme().apply(Look.DARK)
    assert theme().is_dark
    assert made.icon().pixmap(32, 32).toImage() != before
    theme().apply(Look.SYSTEM)


def test_that_every_icon_can_be_painted(qapp: object) -> None:
    names = [file.stem for file in ICONS.glob("*.svg")]
    assert len(names) > 30
    for name in names:
        image = icon(name).pixmap(24, 24).toImage()
        assert any(image.pixelColor(x, y).alpha() > 0 for x in range(24) for y in range(24)), name
