"""The plan on a large screen: all settings stand beside the others."""

import pytest
from pytestqt.qtbot import QtBot

from gui.pages.plan.page import PlanPage
from gui.state.session import Session
from gui.state.watcher import RunWatcher
from gui.theme import theme


@pytest.fixture
def page(session: Session, watcher: RunWatcher, qtbot: QtBot) -> PlanPage:
    made = PlanPage(session, watcher)
    qtbot.addWidget(made)
    made.resize(theme().space(300), 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def resize(page: PlanPage, steps: int, qtbot: QtBot) -> None:
    page.resize(theme().space(steps), 1200)
    qtbot.wait(1)


def test_that_settings_have_a_column_of_their_own_where_there_is_room(
    page: PlanPage, qtbot: QtBot
) -> None:
    assert page.advanced.form is None
    resize(page, 900, qtbot)
    form = page.advanced.form
    assert form is not None
    assert form.isVisible()
    assert form.rows["pretrain.lr"].editor.isVisible()
    right = page.destination.mapTo(page, page.destination.rect().topRight()).x()
    assert page.advanced.mapTo(page, page.advanced.rect().topLeft()).x() > right
    # Nothing of the room is left over at the sides.
    assert page.contentsMargins().left() < theme().space(20)
    resize(page, 400, qtbot)
    assert not form.isVisible()
    assert not page.advanced.toggle.isChecked()


def test_that_what_somebody_opened_stays_open(page: PlanPage, qtbot: QtBot) -> None:
    page.advanced.toggle.setChecked(True)
    resize(page, 900, qtbot)
    resize(page, 400, qtbot)
    assert page.advanced.toggle.isChecked()
    assert page.advanced.form is not None
    assert page.advanced.form.isVisible()
