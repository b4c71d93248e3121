"""Arms to tick, side by side or one below the other."""

from pytestqt.qtbot import QtBot

from gui.pages.compare.arm_choice import ArmChoice
from gui.theme import theme


def test_that_groups_stand_side_by_side_only_where_there_is_room(qtbot: QtBot) -> None:
    choice = ArmChoice()
    qtbot.addWidget(choice)

    def lefts(wide: int) -> set[int]:
        choice.resize(wide, 900)
        qtbot.wait(20)
        boxes = choice.boxes.values()
        return {box.mapTo(choice, box.rect().topLeft()).x() for box in boxes}

    choice.show()
    assert len(lefts(theme().space(250))) == 3
    assert len(lefts(theme().space(120))) == 1
    assert len(lefts(theme().space(250))) == 3
    # Less than three of them need.
    assert choice.minimumSizeHint().width() < theme().space(120)
    choice.show_tall(True)
    assert len(lefts(theme().space(250))) == 1
