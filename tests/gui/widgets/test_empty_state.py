"""Empty states: a drawing in the colours of the look, a sentence, an action."""

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.theme import Look, theme
from gui.theme.pictures import PICTURES
from gui.widgets.basics import button
from gui.widgets.empty_state import Drawing, EmptyState


def test_that_it_says_its_sentence_and_its_action_can_be_used(qtbot: QtBot) -> None:
    used: list[str] = []
    action = button("&Start", lambda: used.append("start"))
    empty = EmptyState("runs", "No runs yet.", action, words="Start one.")
    qtbot.addWidget(empty)
    empty.resize(900, 600)
    empty.show()
    action.click()
    assert used == ["start"]
    assert empty.accessibleName() == "No runs yet. Start one."
    empty.say("Nothing found.")
    assert (empty.sentence, empty.accessibleName()) == ("Nothing found.", "Nothing found.")


# Those of stages are drawn in thinner colours.
_EMPTY = [file.stem for file in sorted(PICTURES.glob("*.svg")) if "stage-" not in file.name]


@pytest.mark.parametrize("name", _EMPTY)
def test_that_a_drawing_takes_the_colours_of_the_look(qtbot: QtBot, name: str) -> None:
    made = Drawing(name)
    qtbot.addWidget(made)
    made.resize(240, 160)
    seen: dict[Look, QImage] = {}
    for look in (Look.LIGHT, Look.DARK):
        theme().apply(look)
        seen[look] = made.grab().toImage()
        pixels = memoryview(seen[look].convertToFormat(QImage.Format.Format_RGB32).constBits())
        assert theme().colour("accent").rgb() in set(pixels.cast("B").cast("I"))
    theme().apply(Look.SYSTEM)
    assert seen[Look.LIGHT] != seen[Look.DARK]
