"""A plan that waits for its turn: frozen when it is added."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.queue.items import RunQueue
from core.recipe import Recipe, read_recipe
from gui.pages.plan.later import Later
from gui.running.destination import Destination
from gui.state.session import Session


@pytest.fixture
def later(session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDISTILL_DATA", str(tmp_path / "data"))
    (tmp_path / "birds").mkdir()
    data = {"labeled": str(tmp_path / "birds")}
    session.replace("a test", Recipe.model_validate({"data": data, "pretrain": {"steps": 11}}))
    destination = Destination(session)
    made = Later(session, destination, destination.problem)
    for part in (destination, made):
        qtbot.addWidget(part)
    destination.propose()
    made.refresh()
    return made


def test_that_a_run_waits_as_it_was_planned(later: Later, session: Session, tmp_path: Path) -> None:
    told: list[str] = []
    later.notice.connect(lambda tone, what, action: told.append(what))
    path = later._destination.path
    later.button.click()
    assert told == ["birds waits with tonight's runs."]
    (item,) = RunQueue().read().items
    assert item.run == path
    session.replace("another", Recipe.model_validate({"pretrain": {"steps": 99}}))
    assert read_recipe(item.run / "recipe.toml").pretrain.steps == 11
    # The name is taken now.
    later.refresh()
    assert not later.button.isEnabled()
    assert "already" in later.button.toolTip()


def test_that_nothing_is_made_where_the_list_can_t_be_read(later: Later) -> None:
    queue = RunQueue()
    queue.folder.mkdir()
    queue.file.write_text("no list")
    told: list[str] = []
    later.notice.connect(lambda tone, what, action: told.append(what))
    later.button.click()
    assert "can't be read" in told[0]
    assert not later._destination.path.exists()
