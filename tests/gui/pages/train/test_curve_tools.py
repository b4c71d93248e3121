"""The buttons above the curves."""

import pytest
from pytestqt.qtbot import QtBot

from core.recipe.tasks import MULTI, REGRESSION, SINGLE, task_named
from gui.pages.train.curve_tools import CurveTools


@pytest.mark.parametrize("name", [REGRESSION, MULTI])
def test_that_only_of_single_classes_there_is_talk_of_accuracy(qtbot: QtBot, name: str) -> None:
    tools = CurveTools()
    qtbot.addWidget(tools)
    tools.show_task(task_named(name))
    words = [f"{each.text()} {each.accessibleName()}" for each in tools.toggles.values()]
    assert not [each for each in words if "accuracy" in each.replace("&", "").lower()]
    tools.show_task(task_named(SINGLE))
    assert tools.toggles["accuracy"].text().replace("&", "") == "Validation accuracy"
