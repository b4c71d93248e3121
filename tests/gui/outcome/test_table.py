"""Tables of results: as wide as there is room, with numbers near to their names."""

import pytest
from pytestqt.qtbot import QtBot

from gui.outcome.table import TextTable


def table(qtbot: QtBot, width: int, stretched: int = 0) -> TextTable:
    made = TextTable("arms", ["Arm", "Accuracy", "Number of trainings"], stretched)
    qtbot.addWidget(made)
    made.texts.show_rows([["Fine-tuning alone", "76.4 % (67.0 to 83.8)", "3"]])
    made.resize(width, 200)
    made.show()
    return made


def widths(made: TextTable) -> list[int]:
    return [made.columnWidth(column) for column in range(3)]


@pytest.mark.parametrize("width", [700, 3000])
def test_that_room_is_shared_by_all_columns(qtbot: QtBot, width: int) -> None:
    made, narrow = table(qtbot, width), widths(table(qtbot, 100))
    more = [wide - little for wide, little in zip(widths(made)[1:], narrow[1:], strict=True)]
    assert abs(sum(widths(made)) - made.viewport().width()) <= 1
    assert more[0] == more[1] > 0
    # Numbers begin where the half of the width that their name has not ends.
    assert widths(made)[0] < made.viewport().width() / 2


def test_that_a_column_of_bars_takes_all_the_room(qtbot: QtBot) -> None:
    made, narrow = table(qtbot, 3000, stretched=1), widths(table(qtbot, 100))
    assert widths(made)[2] == narrow[2]
    assert widths(made)[1] > 2000


def test_that_columns_that_somebody_fitted_stay(qtbot: QtBot) -> None:
    made = table(qtbot, 700)
    made.horizontalHeader().resizeSection(1, 333)
    made.resize(1500, 200)
    assert widths(made)[1] == 333
    # Other rows are fitted anew.
    made.texts.show_rows([["a", "b", "c"]])
    assert widths(made)[1] != 333


def test_that_with_little_room_names_shrink_first(qtbot: QtBot) -> None:
    made, wide = table(qtbot, 260), table(qtbot, 700)
    assert widths(made)[0] < widths(wide)[0]
    assert widths(made)[0] >= 4 * made.fontMetrics().averageCharWidth()
