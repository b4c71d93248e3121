"""Two columns: beside each other on a large screen, one below the other on a small one."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.theme import theme
from gui.widgets.beside import Beside, stacked


@pytest.mark.parametrize(("steps", "is_wide"), [(300, False), (500, True)])
def test_that_columns_stand_beside_each_other_where_there_is_room(
    qtbot: QtBot, steps: int, is_wide: bool
) -> None:
    first, second = stacked(QLabel("first")), stacked(QLabel("second"))
    made = Beside(first, second, 400)
    qtbot.addWidget(made)
    turned: list[bool] = []
    made.turned.connect(turned.append)
    made.resize(theme().space(steps), 400)
    made.show()
    qtbot.wait(1)
    assert made.is_wide is is_wide
    assert turned == ([True] if is_wide else [])
    if is_wide:
        assert second.x() > first.geometry().right()
        assert abs(first.width() - second.width()) <= 1
    else:
        assert second.y() > first.geometry().bottom()
    # It can get narrow again.
    assert made.minimumSizeHint().width() < theme().space(300)
    made.resize(theme().space(300), 400)
    qtbot.wait(1)
    assert not made.is_wide
