"""Cards in grids: each is where it was placed last, whatever else happens to the grids."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import theme
from gui.widgets.card_grid import CardGrid
from gui.widgets.choice import Choice


@pytest.fixture
def around(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made)
    made.resize(theme().line_height * 60, 600)
    return made


def grid(around: QWidget) -> CardGrid:
    made = CardGrid(10)
    around.layout().addWidget(made)
    return made


def card(name: str) -> Choice:
    made = Choice(name)
    made.setMinimumSize(20, 20)
    return made


def test_that_a_grid_that_grows_takes_no_card_back(around: QWidget, qtbot: QtBot) -> None:
    first, second = grid(around), grid(around)
    one, other = card("one"), card("other")
    around.show()
    second.place([one, other])
    # The first grid has taken it; the second is not told yet, and is resized meanwhile.
    first.place([one])
    second.resize(theme().line_height * 11, 300)
    assert one.parent() is first
    assert not one.isHidden()
    second.place([other])
    assert one.parent() is first
    assert one.isVisible()


def test_that_a_card_that_was_hidden_elsewhere_is_shown_again(
    around: QWidget, qtbot: QtBot
) -> None:
    made = grid(around)
    one = card("one")
    around.show()
    made.place([one])
    one.hide()
    made.place([one])
    assert one.isVisible()
