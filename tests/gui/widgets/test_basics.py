"""Long names widen no window."""

from pytestqt.qtbot import QtBot

from gui.widgets.basics import breakable, label

PATH = "/home/ann/" + "a_very_long_name_of_a_folder_" * 9 + "/x.png"


def test_that_long_words_break_and_short_ones_stay() -> None:
    assert breakable("In /home/ann/runs: nothing.") == "In /home/ann/runs: nothing."
    pieces = breakable(f"In {PATH} or {'x' * 100}").replace("\u200b", " ").split()
    assert max(map(len, pieces)) <= 30
    assert breakable(PATH).replace("\u200b", "") == PATH
    # A number stays with its unit.
    assert breakable("always saying 3: 10.3 %.") == "always saying 3: 10.3\u00a0%."


def test_that_a_label_with_a_path_is_narrow_and_keeps_its_text(qtbot: QtBot) -> None:
    made = label(f"It is in {PATH}.")
    qtbot.addWidget(made)
    assert made.text() == f"It is in {PATH}."
    assert made.minimumSizeHint().width() < 400
    made.setText("short")
    assert made.text() == "short"
