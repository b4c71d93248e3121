"""What can be decided of classes of different size, by what is asked of a classifier."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.recipe.tasks import MULTI, REGRESSION, SINGLE
from gui.pages.data.decisions import Decisions
from gui.state.findings import Findings
from gui.state.session import Session


def findings(task: str) -> Findings:
    none = np.empty(0, np.int64)
    counts = {"num_pretraining": 9, "num_pretraining_with_test": 9, "num_labeled": 3, "notes": []}
    summary = {"kind": "images", "classes": [], "roots": [], "guesses": [], "task": task}
    return Findings(
        {**summary, **counts}, none.astype(np.uint8), none, none, none, none, none, none
    )


@pytest.mark.parametrize(
    ("task", "offered"),
    [(SINGLE, ["none", "weights", "sampling"]), (MULTI, ["none", "weights"]), (REGRESSION, [])],
)
def test_that_a_balance_is_offered_where_it_means_something(
    task: str, offered: list[str], session: Session, qtbot: QtBot
) -> None:
    made = Decisions(session)
    qtbot.addWidget(made)
    made.show()
    made.show_findings(findings(task))
    box = made._balance
    can = Qt.ItemFlag.ItemIsEnabled
    found = [
        str(box.itemData(at))
        for at in range(box.count())
        if box.isVisible() and box.model().flags(box.model().index(at, 0)) & can
    ]
    assert found == offered
